import { ProblemError } from '../../common/problem-error.js';

/** A refusal of the person is a refusal of their credential, `null`; what could not be asked is neither. */
export async function unlessRefused<Result>(work: Promise<Result>): Promise<Result | null> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ProblemError && error.status < 500) return null;
    throw error;
  }
}
