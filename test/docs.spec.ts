import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const read = (name: string) => readFileSync(join(root, name), 'utf8');

/** A snippet may leave lines out: where it does, it says so. */
const GAP = '// …';
const FENCE = /(?:<!-- from ([\w./-]+) -->\n+)?```ts\n([\s\S]*?)```/g;

function snippets(document: string): { from: string | undefined; lines: string[] }[] {
  return [...read(document).matchAll(FENCE)].map(([, from, text = '']) => ({
    from,
    lines: meaningful(text),
  }));
}

/** How far a snippet is indented is its own business. */
function meaningful(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** The parts between two gaps stand in the file as they are, one after another. @returns what does not */
function missing(lines: readonly string[], file: readonly string[]): string | null {
  let from = 0;
  for (const part of lines.join('\n').split(`${GAP}\n`)) {
    const wanted = part.trim().split('\n');
    const at = file.findIndex(
      (_, start) => start >= from && wanted.every((line, offset) => file[start + offset] === line),
    );
    if (at === -1) return part;
    from = at + wanted.length;
  }
  return null;
}

it('the README calls the API as somebody whom the sandbox knows', () => {
  const words = [...read('README.md').matchAll(/sk_sandbox_\w+|client_\w+(?=:)|(?<=:)sandbox_\w+/g)].map(
    String,
  );
  const seed = read('sandbox/seed.yaml');
  expect(words).toHaveLength(3);
  expect(words.filter((word) => !seed.includes(word))).toEqual([]);
});

const SHOWN = ['docs/extending.md', 'docs/library.md', 'docs/sockets-and-graphs.md', 'README.md'];

it('the worked example is as short as docs/extending.md says, without its spec and its migration', () => {
  const said = /The whole\s+of \[`src\/invoices\/`\]\(\S+\), (\d+) lines/.exec(
    read('docs/extending.md'),
  )?.[1];
  const lines = readdirSync(join(root, 'src/invoices'))
    .filter((name) => !name.endsWith('.spec.ts'))
    .reduce((sum, name) => sum + read(`src/invoices/${name}`).trimEnd().split('\n').length, 0);
  expect(said).toBe('60');
  expect(lines).toBeGreaterThan(30);
  expect(lines).toBeLessThanOrEqual(60);
});

describe.each(SHOWN)('what %s shows', (document) => {
  it('is code that runs in the tests, word for word', () => {
    const shown = snippets(document);
    expect(shown.length).toBeGreaterThan(0);
    for (const { from, lines } of shown) {
      expect({ from, lines }).toEqual({ from: expect.any(String), lines });
      expect([from, missing(lines, meaningful(read(from ?? '')))]).toEqual([from, null]);
    }
  });
});
