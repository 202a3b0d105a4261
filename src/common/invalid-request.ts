import type { StandardSchemaValidationPipeOptions } from '@nestjs/common';
import { ProblemError } from './problem-error.js';

/** What a schema finds fault with (https://standardschema.dev). */
export type SchemaIssue = Parameters<
  NonNullable<StandardSchemaValidationPipeOptions['exceptionFactory']>
>[0][number];

/** Turns what a schema found into one problem that names each field. Values are not repeated. */
export function invalidRequest(issues: readonly SchemaIssue[]): ProblemError {
  const errors = issues.slice(0, 20).map((issue) => ({
    field: (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.'),
    message: issue.message,
  }));
  return new ProblemError('invalid_request', { members: { errors } });
}
