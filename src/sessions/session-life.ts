import type { SessionRecord, StoredTokens } from './session-record.js';

/** The longest time, in milliseconds, by which "last seen" lags behind; every request need not write. */
const LAST_SEEN_STEP = 30_000;
/** Milliseconds ahead of its end at which an access token is renewed behind the requests. */
const RENEW_AHEAD = 60_000;
/** Milliseconds between two attempts at least, so that a token that comes back expired starts no storm. */
export const RENEW_PAUSE = 5000;
/** Milliseconds for which a session whose token cannot be renewed, because WorkOS does not answer, works on. */
export const RENEW_GRACE = 900_000;

/** A session's own limits; seconds, `null` where there is no word on it. */
export interface SessionLimits {
  readonly idleTimeout: number | null;
  readonly absoluteTimeout: number | null;
}

type Limits = Pick<SessionRecord, 'expiresAt' | 'idleTimeout'>;

/** Whether a session still counts, by the server's clock alone (OWASP ASVS 5.0, 7.3.1 and 7.3.2). Milliseconds. */
export function isLive({ expiresAt, idleTimeout }: Limits, seenAt: number, now: number): boolean {
  return now < expiresAt.getTime() && now < seenAt + idleTimeout * 1000;
}

/** By how many milliseconds "last seen" may lag: half a minute, less where the idle limit is short. */
export function lastSeenStep({ idleTimeout }: Pick<SessionRecord, 'idleTimeout'>): number {
  return Math.min(LAST_SEEN_STEP, idleTimeout * 100);
}

/** When to renew: a minute ahead, or at four fifths of a short life. `Infinity` without tokens. Milliseconds. */
export function renewAt(tokens: StoredTokens | null): number {
  if (!tokens) return Number.POSITIVE_INFINITY;
  const { obtainedAt: obtained, accessTokenExpiresAt: end } = tokens;
  // A token that came back expired is not renewed at once: that would never end.
  return Math.max(end - Math.min(RENEW_AHEAD, (end - obtained) / 5), obtained + RENEW_PAUSE);
}

/** When to try again after an attempt: after a pause, and in any case when grace begins or ends. Milliseconds. */
export function nextRenewal(tokens: StoredTokens | null, now: number): number {
  if (!tokens) return Number.POSITIVE_INFINITY;
  const end = tokens.accessTokenExpiresAt;
  const turns = [end, end + RENEW_GRACE].filter((turn) => turn > now);
  return turns.length === 0 ? now : Math.min(now + RENEW_PAUSE, ...turns);
}

/** Tokens that want to be renewed before anything else: the next request waits for it. */
export function runOut(tokens: StoredTokens, now: Date): StoredTokens {
  return {
    ...tokens,
    obtainedAt: Math.min(tokens.obtainedAt, now.getTime() - RENEW_PAUSE),
    accessTokenExpiresAt: Math.min(tokens.accessTokenExpiresAt, now.getTime()),
  };
}

/** What an organization's limits make shorter; `null` where nothing. They lengthen no session that runs already. */
export function shortened(
  { authenticatedAt, expiresAt, idleTimeout }: Limits & Pick<SessionRecord, 'authenticatedAt'>,
  limits: SessionLimits,
): Limits | null {
  const idle = Math.min(idleTimeout, limits.idleTimeout ?? idleTimeout);
  const end = authenticatedAt.getTime() + (limits.absoluteTimeout ?? Number.POSITIVE_INFINITY) * 1000;
  if (idle === idleTimeout && end >= expiresAt.getTime()) return null;
  return { idleTimeout: idle, expiresAt: new Date(Math.min(end, expiresAt.getTime())) };
}

export type TokenState = 'fresh' | 'expired' | 'out-of-grace';

export function tokenState(tokens: StoredTokens | null, now: number): TokenState {
  if (!tokens) return 'fresh';
  const end = tokens.accessTokenExpiresAt;
  if (now < end) return 'fresh';
  return now < end + RENEW_GRACE ? 'expired' : 'out-of-grace';
}
