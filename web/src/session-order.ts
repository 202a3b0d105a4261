import type { Session } from './api.js';

/** This device first, then by when each was last seen, newest first. */
export function orderSessions(sessions: readonly Session[]): Session[] {
  return sessions.toSorted(
    (a, b) => Number(b.current) - Number(a.current) || Date.parse(b.lastSeenAt) - Date.parse(a.lastSeenAt),
  );
}
