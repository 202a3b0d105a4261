import { median, quantile } from '../harness/statistics.mjs';

const CHECKS = 2000;
const BATCHES = 15;

/** Makes a guard measure itself. @returns what the process answers about it */
export function watchChecks(guard) {
  const check = guard.canActivate.bind(guard);
  const times = [];
  let last = null;
  guard.canActivate = (execution) => {
    const start = performance.now();
    const result = check(execution);
    const end = performance.now();
    // What the clock itself costs, here and now.
    const cost = performance.now() - end;
    // Asked of the store: the first time, and once a minute.
    if (result !== true) return result;
    times.push((end - start - cost) * 1000);
    last = execution;
    return result;
  };
  return {
    times: () => {
      const taken = times.splice(0);
      const mean = taken.reduce((sum, time) => sum + time, 0) / taken.length;
      return { p50: median(taken), p90: quantile(taken, 0.9), p99: quantile(taken, 0.99), mean };
    },
    /** Bytes that checks of the last request leave behind, in a loop that no collection interrupts. */
    garbage: () => {
      const batches = Array.from({ length: BATCHES }, () => garbageOf(() => check(last), CHECKS));
      return median(batches);
    },
  };
}

/** Needs `--expose-gc` and a young generation that holds it all. */
export function garbageOf(check, checks) {
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  for (let done = 0; done < checks; done++) check();
  return (process.memoryUsage().heapUsed - before) / checks;
}
