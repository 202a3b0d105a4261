import type { StandardSchemaV1 } from '@standard-schema/spec';
import { ProblemError } from './problem-error.js';

/** Turns what a schema found into one problem that names each field. Values are not repeated. */
export function invalidRequest(issues: readonly StandardSchemaV1.Issue[]): ProblemError {
  const errors = issues.slice(0, 20).map((issue) => ({
    field: (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.'),
    message: issue.message,
  }));
  return new ProblemError('invalid_request', { members: { errors } });
}
