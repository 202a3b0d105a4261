import type { StandardSchemaValidationPipeOptions } from '@nestjs/common';
import { ProblemError } from './problem-error.js';

/** What a schema finds fault with (https://standardschema.dev). */
export type SchemaIssue = Parameters<
  NonNullable<StandardSchemaValidationPipeOptions['exceptionFactory']>
>[0][number];

const NAMED = 10;
const LONGEST = 100;

/** Turns what a schema found into one problem that names each field. Values are not repeated. */
export function invalidRequest(issues: readonly SchemaIssue[]): ProblemError {
  const errors = issues.slice(0, 20).map((issue) => ({
    field: shortened(
      (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.'),
    ),
    message: messageOf(issue),
  }));
  return new ProblemError('invalid_request', { members: { errors } });
}

/** Whoever sends thousands of names does not get them all back. */
function messageOf(issue: SchemaIssue & { readonly keys?: unknown }): string {
  if (!Array.isArray(issue.keys)) return issue.message;
  const { length } = issue.keys;
  const named = issue.keys.slice(0, NAMED).map((key) => JSON.stringify(shortened(String(key))));
  const more = length > NAMED ? ` and ${length - NAMED} more` : '';
  return `Unrecognized key${length === 1 ? '' : 's'}: ${named.join(', ')}${more}`;
}

function shortened(name: string): string {
  return name.length > LONGEST ? `${name.slice(0, LONGEST)}…` : name;
}
