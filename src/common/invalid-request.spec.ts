import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { invalidRequest } from './invalid-request.js';

const schema = z.strictObject({ name: z.record(z.string(), z.number()).optional() });

function errorsFor(value: unknown): unknown {
  const { error } = schema.safeParse(value);
  return invalidRequest(error?.issues ?? []).options.members?.['errors'];
}

describe('what a request is told of its faults', () => {
  it('is which names nobody knows', () => {
    expect(errorsFor({ a: 1 })).toEqual([{ field: '', message: 'Unrecognized key: "a"' }]);
    expect(errorsFor({ a: 1, b: 2 })).toEqual([{ field: '', message: 'Unrecognized keys: "a", "b"' }]);
  });

  it('is ten of them, however many there are', () => {
    const names = Array.from({ length: 6000 }, (_, index) => [`name${index}`, 1]);
    const text = JSON.stringify(errorsFor(Object.fromEntries(names)));
    expect(text).toContain('name9\\" and 5990 more');
    expect(text.length).toBeLessThan(300);
  });

  it('repeats no name that is an essay', () => {
    const long = 'x'.repeat(50_000);
    for (const value of [{ [long]: 1 }, { name: { [long]: 'no number' } }])
      expect(JSON.stringify(errorsFor(value)).length).toBeLessThan(300);
  });
});
