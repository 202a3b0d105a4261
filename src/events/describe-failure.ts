import { z } from 'zod';
import { ProblemError } from '../common/problem-error.js';

const WHERE = /\/((?:src|dist)\/[\w./-]+:\d+)/;

/**
 * What went wrong, for the list of events that were set aside: kinds, codes and places. Never a message: those of a
 * database or of a schema repeat the values that they refuse, and here values are people's names and addresses.
 */
export function describeFailure(error: unknown): string {
  if (error instanceof z.ZodError) {
    const issues = error.issues.map(({ path, code }) => `${path.join('.')} ${code}`);
    return `the payload is not of its kind: ${issues.slice(0, 5).join(', ')}`.slice(0, 300);
  }
  if (!(error instanceof Error)) return `thrown: ${typeof error}`;
  const { name, stack = '' } = error;
  const code = error instanceof ProblemError || 'code' in error ? ` ${word(error.code)}` : '';
  const place = WHERE.exec(stack.slice(stack.indexOf('\n    at ')))?.[1];
  return `${word(name)}${code}${place === undefined ? '' : ` at ${place}`}`.slice(0, 300);
}

function word(value: unknown): string {
  return typeof value === 'string' && /^\w{1,64}$/.test(value) ? value : '?';
}
