export interface SessionTimes {
  readonly lastSeenAt: Date;
  readonly expiresAt: Date;
  /** Seconds. */
  readonly idleTimeout: number;
}

/** The longest time, in milliseconds, by which "last seen" lags behind; every request need not write. */
const LAST_SEEN_STEP = 60_000;

/** Whether a session still counts, by the server's clock alone (OWASP ASVS 5.0, 7.3.1 and 7.3.2). */
export function isLive({ lastSeenAt, expiresAt, idleTimeout }: SessionTimes, now: Date): boolean {
  return now < expiresAt && now.getTime() < lastSeenAt.getTime() + idleTimeout * 1000;
}

/** Whether "last seen" is old enough to be written again: after a minute, sooner where the idle limit is short. */
export function isSeenStale({ lastSeenAt, idleTimeout }: SessionTimes, now: Date): boolean {
  return now.getTime() - lastSeenAt.getTime() >= Math.min(LAST_SEEN_STEP, (idleTimeout * 1000) / 10);
}
