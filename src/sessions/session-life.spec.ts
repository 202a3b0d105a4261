import { describe, expect, it } from '@jest/globals';
import { isLive, isSeenStale, type SessionTimes } from './session-life.js';

const NOW = new Date('2026-03-01T12:00:00Z');
const after = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);

/** Seen now, an hour of idleness, a day of life. */
const times = (changes: Partial<SessionTimes> = {}): SessionTimes => ({
  lastSeenAt: NOW,
  expiresAt: after(86_400),
  idleTimeout: 3600,
  ...changes,
});

describe('a session', () => {
  it.each([
    [0, true],
    [3599.999, true],
    [3600, false],
    [3600.001, false],
    [86_400, false],
  ])('that was seen %d seconds ago, with an hour of idleness, lives: %s', (seconds, live) => {
    expect(isLive(times(), after(seconds))).toBe(live);
  });

  it.each([
    [86_399.999, true],
    [86_400, false],
    [86_400.001, false],
  ])('that began %d seconds ago lives: %s, though it is in use', (seconds, live) => {
    expect(isLive(times({ lastSeenAt: after(seconds) }), after(seconds))).toBe(live);
  });

  it('ends at its absolute end also where it may idle for longer', () => {
    const brief = times({ expiresAt: after(10) });
    expect([isLive(brief, after(9)), isLive(brief, after(10))]).toEqual([true, false]);
  });

  it('lives on where the clock of the node that saw it was ahead', () => {
    expect(isLive(times({ lastSeenAt: after(30) }), NOW)).toBe(true);
  });
});

describe('"last seen"', () => {
  it.each([
    ['a long limit, after a minute', 3600, 59.999, 60],
    ['a limit of ten minutes, after a minute', 600, 59.999, 60],
    ['a limit of a minute, after six seconds', 60, 5.999, 6],
    ['a limit of a second, after a tenth of it', 1, 0.099, 0.1],
  ])('is written again with %s', (_, idleTimeout, fresh, stale) => {
    expect(isSeenStale(times({ idleTimeout }), after(fresh))).toBe(false);
    expect(isSeenStale(times({ idleTimeout }), after(stale))).toBe(true);
  });

  it('lags by less than the idle limit, however short, so that a busy session does not end', () => {
    for (const idleTimeout of [1, 2, 59, 60, 61, 600, 3600, 86_400]) {
      expect(isSeenStale(times({ idleTimeout }), after(idleTimeout / 2))).toBe(true);
    }
  });
});
