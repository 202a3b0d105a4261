/** NUL and halves of surrogate pairs, as `JSON.stringify` writes them; not a backslash that is text itself. */
const UNSTORABLE = /(?<!\\)((?:\\\\)*)\\u(?:0000|d[89ab][0-9a-f]{2}(?!\\ud[c-f])|d[c-f][0-9a-f]{2})/g;

/** How deep a payload may nest: what WorkOS tells nests five deep, and what reads it goes down a call for each. */
const DEEPEST = 64;

/**
 * A payload as PostgreSQL can keep it. `jsonb` refuses a NUL and half a character, and one name with such a thing in it
 * must not stop every event behind it: it is replaced, as a browser would.
 * @throws {RangeError} where it nests too deep
 */
export function storableJson(data: Readonly<Record<string, unknown>>): string {
  if (!nestsWithin(data, DEEPEST)) throw new RangeError('a payload nests too deep');
  return JSON.stringify(data).replaceAll(UNSTORABLE, '$1\uFFFD');
}

function nestsWithin(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((inner) => nestsWithin(inner, levels - 1));
}
