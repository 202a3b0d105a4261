import { de } from './messages.de.js';
import { en, type Messages } from './messages.js';

export type Language = 'en' | 'de';

const CATALOGUES: Record<Language, Messages> = { en, de };

/** The first of the browser's languages that there is a catalogue for. */
export function pickLanguage(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    const primary = tag.toLowerCase().split('-')[0];
    if (primary === 'en' || primary === 'de') return primary;
  }
  return 'en';
}

export const language = pickLanguage(navigator.languages);
export const t = CATALOGUES[language];

/** Dates follow the region too (en-GB, de-AT), as long as it is a region of the language on the page. */
export const locale = navigator.languages.find((tag) => pickLanguage([tag]) === language) ?? language;
