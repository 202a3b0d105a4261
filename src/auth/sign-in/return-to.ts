/** Cookies carry it there and back: five of them must fit into the headers of one request. */
const MAX_LENGTH = 2048;

/**
 * The absolute URL to go to after a sign-in, or `null` where the value leads anywhere but to our origin or a listed one.
 * What is compared is what is sent: origins come from the same parser as the `Location`, and the answer is the absolute
 * URL. A path that was cut out of it again could begin with `//` and lead elsewhere.
 */
export function resolveReturnTo(value: string, appUrl: string, listed: readonly string[]): string | null {
  // A browser drops tab, CR and LF anywhere and reads `\` as `/`: an honest address has none of them.
  // oxlint-disable-next-line no-control-regex -- control characters are refused
  if (value === '' || value.length > MAX_LENGTH || /[\u0000-\u0020\u007f\\]/.test(value)) return null;
  const absolute = /^https?:\/\//i.test(value);
  // Without a scheme only a path of this service will do: `//host`, `javascript:` and `host` alone will not.
  if (!absolute && (!value.startsWith('/') || value.startsWith('//'))) return null;
  const url = URL.parse(value, appUrl);
  if (!url || url.username !== '' || url.password !== '' || url.href.length > MAX_LENGTH) return null;
  return url.origin === appUrl || listed.includes(url.origin) ? url.href : null;
}
