import { describe, expect, it } from '@jest/globals';
import { OnceAMinute } from './once-a-minute.js';

describe('what is recorded of strangers', () => {
  it('is one of a kind in a minute', () => {
    const strangers = new OnceAMinute();
    const at = (key: string, seconds: number) => strangers.isFirst(key, seconds * 1000);
    expect([at('a', 0), at('a', 59), at('b', 59), at('a', 60), at('a', 61)]).toEqual([
      true,
      false,
      true,
      true,
      false,
    ]);
  });

  it('is not without end, however many addresses they come from', () => {
    const strangers = new OnceAMinute();
    const first = Array.from({ length: 5000 }, (_, index) => strangers.isFirst(`address ${index}`, 0));
    expect(first.filter(Boolean)).toHaveLength(1000);
    expect(strangers.isFirst('address 4999', 60_000)).toBe(true);
  });
});
