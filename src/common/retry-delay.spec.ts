import { describe, expect, it } from '@jest/globals';
import { retryDelay } from './retry-delay.js';

describe('the delay before the next attempt', () => {
  it.each([
    [0, 50, 100],
    [1, 100, 200],
    [3, 400, 800],
    [6, 2500, 5000],
    [1000, 2500, 5000],
  ])('after %d failures lies between %d and %d ms', (failures, least, most) => {
    expect([retryDelay(failures, 0), retryDelay(failures, 1)]).toEqual([least, most]);
  });

  it('is not the same for everybody', () => {
    expect(new Set(Array.from({ length: 20 }, () => retryDelay(4))).size).toBeGreaterThan(1);
  });
});
