import type { StandIn } from './request-origin.js';
import { PROBLEMS, type ProblemCode } from './problems.js';

export interface ProblemOptions {
  /** What really went wrong, for the log alone. Never shown. */
  cause?: unknown;
  /** Somebody who acts as the person that was refused. For the audit log alone. */
  impersonator?: StandIn;
  /** Replaces the public sentence of the table, where a more exact one helps. Must hold nothing internal. */
  detail?: string;
  /** Members added to the problem document (RFC 9457, section 3.2). Public. */
  members?: Readonly<Record<string, unknown>>;
  /** Headers that belong to this answer, such as `Allow`. */
  headers?: Readonly<Record<string, string>>;
  /** Seconds after which trying again makes sense. */
  retryAfter?: number;
  /** Where a browser that loads a page goes instead of seeing this. A path of the service. */
  redirect?: string;
  /** Where a person wanted to go: the sign-in page keeps it. It was checked before. */
  returnTo?: string;
}

/** The one error class of the service. `code` is stable; status and words come from the table. */
export class ProblemError extends Error {
  readonly code: ProblemCode;
  readonly status: number;
  readonly options: ProblemOptions;

  constructor(code: ProblemCode, options: ProblemOptions = {}) {
    super(`${code}: ${options.detail ?? PROBLEMS[code].title}`, { cause: options.cause });
    this.name = 'ProblemError';
    this.code = code;
    this.status = PROBLEMS[code].status;
    this.options = options;
  }

  with(options: ProblemOptions): ProblemError {
    return new ProblemError(this.code, { ...this.options, ...options });
  }
}

/** What the outside is told of an error, in one word. */
export function codeOf(error: unknown): ProblemCode {
  return error instanceof ProblemError ? error.code : 'internal_error';
}

/** True for an answer that says "later", not "no": such a failure never ends a session (style rule 21). */
export function isTransient(error: unknown): boolean {
  return error instanceof ProblemError && error.status === 503;
}
