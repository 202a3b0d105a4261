import { Clock } from './clock.js';

/** A clock that a test moves: it shows whatever `now` says. */
export function clockOf(now: () => Date): Clock {
  return new (class extends Clock {
    now = now;
  })();
}
