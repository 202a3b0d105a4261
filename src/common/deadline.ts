import { ProblemError } from './problem-error.js';

/**
 * The result of `work`, or `upstream_unavailable` when it takes longer. The work itself is not stopped, so it must not
 * change anything: it reads, and the caller acts on what came in time.
 */
export async function within<Result>(milliseconds: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new ProblemError('upstream_unavailable', {
            cause: new Error(`no answer within ${milliseconds} ms`),
          }),
        ),
      milliseconds,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Whether `work` ends within this time. It is not stopped, and what becomes of it later is nobody's concern.
 * @throws what it throws in time
 */
export async function endsWithin(milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
