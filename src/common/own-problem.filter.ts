import { Catch } from '@nestjs/common';
import { isOutage } from './outage.js';
import { ProblemError } from './problem-error.js';
import { ProblemFilter } from './problem.filter.js';

/** Stands for errors of drivers, which share no class. */
abstract class Outage {
  static [Symbol.hasInstance](error: unknown): boolean {
    return isOutage(error);
  }
}

/**
 * Answers what Gatehouse throws, and a store that is away, in an application that answers its own errors in its own way:
 * a session that cannot be looked up is 503 there too.
 */
@Catch(ProblemError, Outage)
export class OwnProblemFilter extends ProblemFilter {}
