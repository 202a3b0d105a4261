import { median } from '../harness/statistics.mjs';

/** Over the rounds in which both took part: the median, so that one bad round does not decide. */
function compareRounds(first, second, compareTwo) {
  const both = first.byRound.flatMap((cpu, round) =>
    cpu === null || second.byRound[round] === null ? [] : [compareTwo(cpu, second.byRound[round])],
  );
  return median(both);
}

function difference(first, second) {
  return compareRounds(first, second, (a, b) => b - a);
}

function ratio(first, second) {
  return compareRounds(first, second, (a, b) => a / b);
}

/**
 * What a run can tell. Two identical servers differ by `noise`; the control does more than the bare route. Where the
 * control seems to do less, or where a difference is no larger than that of the identical ones, a ratio means nothing
 * and `null` stands in its place.
 */
export function compare(rows) {
  const { bare, bare_again: again, control, guarded_hit: hit, guarded_passport: passport, sealed } = rows;
  const noise = Math.abs(difference(bare, again));
  const controlPassed = difference(bare, control) >= 0;
  const resolved = (from, to) => controlPassed && Math.abs(difference(from, to)) > noise;
  return {
    noise,
    controlPassed,
    hitOverBare: resolved(bare, hit) ? ratio(bare, hit) : null,
    sealedOverHit: ratio(sealed, hit),
    passportOverHit: resolved(hit, passport) ? difference(hit, passport) : null,
  };
}
