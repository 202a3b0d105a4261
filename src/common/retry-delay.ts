const FIRST = 100;
const LONGEST = 5000;

/**
 * Milliseconds before the next attempt to connect: doubling up to five seconds, the last half of it by chance, so that
 * the nodes do not all come back in the same moment.
 * @param failures how many attempts have failed in a row
 */
export function retryDelay(failures: number, chance: number = Math.random()): number {
  const ceiling = Math.min(LONGEST, FIRST * 2 ** Math.min(failures, 10));
  return ceiling * (0.5 + chance / 2);
}
