import type { ProblemError } from './problem-error.js';
import { PROBLEMS, type ProblemCode } from './problems.js';

/** What is told of a problem (RFC 9457), over whatever it goes out. */
export interface ProblemBody {
  readonly [member: string]: unknown;
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ProblemCode;
  readonly requestId: string;
}

export function problemBody({ code, status, options }: ProblemError, requestId: string): ProblemBody {
  return {
    ...options.members,
    type: 'about:blank',
    title: PROBLEMS[code].title,
    status,
    detail: options.detail ?? PROBLEMS[code].detail,
    code,
    requestId,
  };
}
