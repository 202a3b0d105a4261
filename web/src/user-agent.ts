export interface Device {
  readonly browser: string | null;
  readonly system: string | null;
}

type Rule = readonly [RegExp, string];

// Order decides: Edge and Opera also call themselves Chrome, and Chrome calls itself Safari.
const BROWSERS: readonly Rule[] = [
  [/\b(?:Edg|EdgA|EdgiOS)\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Chrome|CriOS|HeadlessChrome)\//, 'Chrome'],
  [/\bVersion\/[\d.]+ .*\bSafari\//, 'Safari'],
  [/^curl\//, 'curl'],
];

const SYSTEMS: readonly Rule[] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
];

/** A name that a person recognises; it proves nothing, since the browser says it of itself. */
export function nameDevice(userAgent: string | null): Device {
  const match = (rules: readonly Rule[]) =>
    rules.find(([pattern]) => pattern.test(userAgent ?? ''))?.[1] ?? null;
  return { browser: match(BROWSERS), system: match(SYSTEMS) };
}
