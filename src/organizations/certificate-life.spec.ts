import { describe, expect, it } from '@jest/globals';
import { daysLeft, warningDue } from './certificate-life.js';

describe('the days that a certificate has left', () => {
  it.each([
    ['2027-01-30T00:00:00Z', 90],
    ['2026-11-02T00:00:00Z', 1],
    ['2026-11-01T00:00:01Z', 1],
    ['2026-11-01T00:00:00Z', 0],
    ['2020-01-01T00:00:00Z', 0],
  ])('until %s are %d', (end, days) => {
    expect(daysLeft(new Date(end), new Date('2026-11-01T00:00:00Z'))).toBe(days);
  });
});

describe('a warning', () => {
  it.each([
    [91, null, null],
    [90, null, 90],
    [31, null, 90],
    [30, null, 30],
    [7, null, 7],
    [1, null, 7],
    [0, null, 0],
    [89, 90, null],
    [30, 90, 30],
    [29, 30, null],
    [0, 7, 0],
    [0, 0, null],
    [80, 30, null],
  ])('with %d days left, last given at %j, is due at %j', (left, warned, due) => {
    expect(warningDue(left, warned)).toBe(due);
  });
});
