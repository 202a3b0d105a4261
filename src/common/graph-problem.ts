import { problemBody } from './problem-body.js';
import type { ProblemError } from './problem-error.js';

/**
 * A problem as GraphQL tells of it: `extensions` go out with the error (GraphQL, section 7.1.2). Its stack says
 * nothing: servers add it to their answers outside production.
 */
export class GraphProblem extends Error {
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(problem: ProblemError, requestId: string) {
    const { type: _, title, ...extensions } = problemBody(problem, requestId);
    super(title);
    this.name = 'GraphProblem';
    this.extensions = extensions;
    this.stack = `${this.name}: ${title}`;
  }
}

/** What a resolver says in GraphQL's own words is meant for its caller. */
export function isGraphError(error: unknown): boolean {
  return error instanceof Error && error.name === 'GraphQLError';
}
