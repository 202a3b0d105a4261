import { median } from '../harness/statistics.mjs';

/** By how much the second differs from the first, round by round: the median, so that one bad round does not decide. */
function difference(first, second) {
  return median(first.byRound.map((cpu, round) => second.byRound[round] - cpu));
}

/**
 * What a run can tell. Two identical servers differ by `noise`; the control does more than the bare route. Where the
 * control seems to do less, or where a difference is no larger than that of the identical ones, a ratio means nothing
 * and `null` stands in its place.
 */
export function compare(rows) {
  const { bare, bare_again: again, control, guarded_hit: hit, guarded_passport: passport } = rows;
  const noise = Math.abs(difference(bare, again));
  const controlPassed = difference(bare, control) >= 0;
  const resolved = (from, to) => controlPassed && Math.abs(difference(from, to)) > noise;
  return {
    noise,
    controlPassed,
    hitOverBare: resolved(bare, hit)
      ? median(bare.byRound.map((cpu, round) => cpu / hit.byRound[round]))
      : null,
    passportOverHit: resolved(hit, passport) ? difference(hit, passport) : null,
  };
}
