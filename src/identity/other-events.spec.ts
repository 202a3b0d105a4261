import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isOtherEvent } from './other-events.js';
import { isKnownEvent } from './workos-event.js';

const path = join(import.meta.dirname, '../../node_modules/@workos/openapi-spec/open-api-spec.yaml');

describe("the names of WorkOS's events", () => {
  it("are all that stand in WorkOS's own document", () => {
    const document = readFileSync(path, 'utf8');
    const names = [...document.matchAll(/^ +event:\n(?: +type: string\n)? +const: ([a-z_.]+)$/gm)].map(
      ([, name = '']) => name,
    );
    expect(names.length).toBeGreaterThan(80);
    expect(names.filter((name) => !isKnownEvent(name) && !isOtherEvent(name))).toEqual([]);
  });
});
