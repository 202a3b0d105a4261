/** Seconds before each further attempt. After the last of them an event is set aside. */
const PAUSES = [1, 5, 30, 120, 600];
/** Seconds before trying again where nothing is wrong with the event. */
const SOON = 2;

export type NextAttempt =
  | { readonly state: 'pending'; readonly attempts: number; readonly dueAt: Date }
  | { readonly state: 'dead'; readonly attempts: number };

/**
 * What follows a failure. A transient one (a store or WorkOS out of reach) does not count: an outage of an hour must not
 * set everything aside that happened in it.
 * @param attempts how many failed before this one
 */
export function nextAttempt(attempts: number, transient: boolean, now: Date): NextAttempt {
  const due = (seconds: number) => new Date(now.getTime() + seconds * 1000);
  if (transient) return { state: 'pending', attempts, dueAt: due(SOON) };
  const pause = PAUSES[attempts];
  if (pause === undefined) return { state: 'dead', attempts: attempts + 1 };
  return { state: 'pending', attempts: attempts + 1, dueAt: due(pause) };
}
