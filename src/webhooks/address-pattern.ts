/**
 * Matches the address of a route as it stands in a request, whatever prefix the application puts before it. Letters are
 * compared as Express does.
 */
export function addressPattern(path: string): RegExp {
  const escaped = path
    .split(/(\{|\}|[:*]\w+)/)
    .map((part) => PARTS[part.charAt(0)] ?? part.replaceAll(/[.+?^$()|[\]\\]/g, String.raw`\$&`))
    .join('');
  return new RegExp(String.raw`^(?:/[^/?]+)*${escaped}/?(?:\?|$)`, 'i');
}

const PARTS: Readonly<Record<string, string>> = { '{': '(?:', '}': ')?', ':': '[^/?]+', '*': '[^?]+' };
