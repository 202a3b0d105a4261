interface Person {
  readonly email: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
}

export function fullName({ firstName, lastName }: Person): string {
  return [firstName, lastName].filter(Boolean).join(' ');
}

const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Two at most, each a character as people count them: an accent or an emoji is not cut off its letter. */
export function initials({ email, firstName, lastName }: Person): string {
  const names = [firstName, lastName].filter((name): name is string => Boolean(name));
  const sources = names.length > 0 ? names : [email];
  return sources.map(firstCharacter).join('').toUpperCase();
}

function firstCharacter(text: string): string {
  const [first] = characters.segment(text);
  return first?.segment ?? '';
}
