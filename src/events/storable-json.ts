/** NUL and halves of surrogate pairs, as `JSON.stringify` writes them; not a backslash that is text itself. */
const UNSTORABLE = /(?<!\\)((?:\\\\)*)\\u(?:0000|d[89ab][0-9a-f]{2}(?!\\ud[c-f])|d[c-f][0-9a-f]{2})/g;

/**
 * A payload as PostgreSQL can keep it. `jsonb` refuses a NUL and half a character, and one name with such a thing in it
 * must not stop every event behind it: it is replaced, as a browser would.
 */
export function storableJson(data: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(data).replaceAll(UNSTORABLE, '$1\uFFFD');
}
