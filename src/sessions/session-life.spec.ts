import { describe, expect, it } from '@jest/globals';
import {
  isLive,
  lastSeenStep,
  nextRenewal,
  renewAt,
  RENEW_GRACE,
  RENEW_PAUSE,
  runOut,
  shortened,
  tokenState,
} from './session-life.js';
import type { StoredTokens } from './session-record.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const at = (seconds: number) => NOW + seconds * 1000;
const limits = { expiresAt: new Date(at(86_400)), idleTimeout: 3600 };

/** A token that came at `from` and runs out at `to`, in seconds from now. */
const tokens = (from: number, to: number): StoredTokens => ({
  obtainedAt: at(from),
  accessTokenExpiresAt: at(to),
  refreshToken: 'sealed',
});

describe('a session', () => {
  it.each([
    [0, true],
    [3599.999, true],
    [3600, false],
    [86_400, false],
  ])('that was seen %d seconds ago, with an hour of idleness, lives: %s', (seconds, live) => {
    expect(isLive(limits, NOW, at(seconds))).toBe(live);
  });

  it.each([
    [86_399.999, true],
    [86_400, false],
  ])('that began %d seconds ago lives: %s, though it is in use', (seconds, live) => {
    expect(isLive(limits, at(seconds), at(seconds))).toBe(live);
  });

  it('lives on where the clock of the node that saw it was ahead', () => {
    expect(isLive(limits, at(30), NOW)).toBe(true);
  });

  it.each([
    [3600, 30_000],
    [300, 30_000],
    [60, 6000],
    [1, 100],
  ])('with an idle limit of %d s has "last seen" written at most every %d ms', (idleTimeout, step) => {
    expect(lastSeenStep({ idleTimeout })).toBe(step);
  });
});

describe('an access token', () => {
  it.each([
    ['of five minutes, a minute ahead', tokens(0, 300), at(240)],
    ['of a hundred seconds, at four fifths', tokens(0, 100), at(80)],
    ['that came back expired, after a pause', tokens(0, -10), NOW + RENEW_PAUSE],
    ['that is not there, never', null, Number.POSITIVE_INFINITY],
  ])('%s, is renewed', (_name, pair, expected) => {
    expect(renewAt(pair)).toBe(expected);
  });

  it('is tried again after a pause, and at once when it runs out or its grace does', () => {
    const pair = tokens(0, 300);
    expect(nextRenewal(pair, at(240))).toBe(at(240) + RENEW_PAUSE);
    expect(nextRenewal(pair, at(298))).toBe(at(300));
    expect(nextRenewal(pair, at(300) + RENEW_GRACE - 1)).toBe(at(300) + RENEW_GRACE);
    expect(nextRenewal(pair, at(300) + RENEW_GRACE)).toBe(at(300) + RENEW_GRACE);
  });

  it.each([
    [299.999, 'fresh'],
    [300, 'expired'],
    [300 + RENEW_GRACE / 1000 - 0.001, 'expired'],
    [300 + RENEW_GRACE / 1000, 'out-of-grace'],
  ])('of five minutes is after %d seconds %s', (seconds, state) => {
    expect(tokenState(tokens(0, 300), at(seconds))).toBe(state);
  });
});

describe('limits that come later', () => {
  const began = { authenticatedAt: new Date(at(-1000)), expiresAt: new Date(at(9000)), idleTimeout: 3600 };

  it.each([
    [
      { idleTimeout: 600, absoluteTimeout: null },
      { idleTimeout: 600, expiresAt: new Date(at(9000)) },
    ],
    [
      { idleTimeout: null, absoluteTimeout: 1500 },
      { idleTimeout: 3600, expiresAt: new Date(at(500)) },
    ],
    [
      { idleTimeout: 7200, absoluteTimeout: 999 },
      { idleTimeout: 3600, expiresAt: new Date(at(-1)) },
    ],
    [{ idleTimeout: 3600, absoluteTimeout: 10_000 }, null],
    [{ idleTimeout: 7200, absoluteTimeout: 20_000 }, null],
    [{ idleTimeout: null, absoluteTimeout: null }, null],
  ])('shorten a session and never lengthen it: %j', (limits, expected) => {
    expect(shortened(began, limits)).toEqual(expected);
  });
});

describe('a token that was made to run out', () => {
  it.each([
    ['long ago', tokens(-100, 200)],
    ['just now', tokens(0, 300)],
    ['so that it is over already', tokens(-400, -100)],
  ])('is renewed by the next request, which waits: it came %s', (_name, before) => {
    const after = runOut(before, new Date(NOW));
    expect(renewAt(after)).toBeLessThanOrEqual(NOW);
    expect(tokenState(after, NOW)).toBe('expired');
    expect(after.accessTokenExpiresAt).toBeLessThanOrEqual(before.accessTokenExpiresAt);
  });
});
