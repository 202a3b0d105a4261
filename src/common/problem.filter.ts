import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { GraphProblem, isGraphError } from './graph-problem.js';
import { isOutage } from './outage.js';
import { problemBody } from './problem-body.js';
import { ProblemError } from './problem-error.js';
import { requestIdOf } from './request-origin.js';
import type { ProblemCode } from './problems.js';

/** Routes that a person opens in a browser: their failures are pages, not JSON. */
const BROWSER_ROUTES = /^\/(?:auth\/|sign-in\/?$|$)/i;

/**
 * The one place where errors become answers: `application/problem+json` (RFC 9457), or, on a browser route
 * that accepts HTML, a redirect to the sign-in page with the code. Nothing of the cause ever leaves.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Problem');

  /** @throws {GraphProblem} in GraphQL, whose own answer holds the errors of its fields */
  catch(error: unknown, host: ArgumentsHost): void {
    const kind: string = host.getType();
    if (kind === 'graphql') throw this.graphProblem(error, host.getArgs());
    if (kind !== 'http') throw error;
    const request = host.switchToHttp().getRequest<Request & { id?: unknown }>();
    const response = host.switchToHttp().getResponse<Response>();
    const problem = toProblem(error);
    const id = requestIdOf(request);
    this.log(problem, error, id);
    if (response.headersSent) {
      response.end();
      return;
    }
    for (const [name, value] of Object.entries(problem.options.headers ?? {}))
      response.setHeader(name, value);
    const retryAfter = problem.options.retryAfter ?? (problem.status === 503 ? 5 : undefined);
    if (retryAfter !== undefined) response.setHeader('Retry-After', String(retryAfter));
    if (problem.options.redirect !== undefined) {
      response.redirect(302, problem.options.redirect);
      return;
    }
    // A balancer passes a request on that one node of many refused; a redirect would end the sign-in here.
    if (problem.code !== 'shutting_down' && wantsPage(request)) {
      response.redirect(303, signInPage(problem, id, retryAfter));
      return;
    }
    response
      .status(problem.status)
      .type('application/problem+json')
      .send(JSON.stringify(problemBody(problem, id)));
  }

  private graphProblem(error: unknown, resolver: readonly unknown[]): unknown {
    if (isGraphError(error)) return error;
    const problem = toProblem(error);
    const id = requestIdOf((resolver[2] as { req?: { id?: unknown } } | undefined)?.req ?? {});
    this.log(problem, error, id);
    return new GraphProblem(problem, id);
  }

  private log(problem: ProblemError, error: unknown, requestId: string): void {
    if (problem.status < 500) return;
    this.logger.error({ err: problem.options.cause ?? error, code: problem.code, requestId });
  }
}

/** True where a person looks at the answer: a browser route that prefers HTML to JSON. */
export function wantsPage(request: Request): boolean {
  return BROWSER_ROUTES.test(request.path) && request.accepts(['json', 'html']) === 'html';
}

function signInPage(problem: ProblemError, requestId: string, retryAfter: number | undefined): string {
  const query = new URLSearchParams({ error: problem.code, request_id: requestId });
  const { idpError, email } = problem.options.members ?? {};
  if (typeof idpError === 'string') query.set('idp_error', idpError);
  if (typeof email === 'string') query.set('email', email);
  if (problem.options.returnTo !== undefined) query.set('return_to', problem.options.returnTo);
  if (retryAfter !== undefined) query.set('retry_after', String(retryAfter));
  return `/sign-in?${query.toString()}`;
}

const CODE_OF_STATUS: Readonly<Record<number, ProblemCode>> = {
  400: 'invalid_request',
  404: 'not_found',
  405: 'method_not_allowed',
  413: 'payload_too_large',
  415: 'unsupported_media_type',
  503: 'shutting_down',
};

/** Nest's and Express's own errors carry a status; anything else is ours to mend and stays hidden. */
export function toProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  // A repository need not say so itself: what the store cannot answer is 503 wherever it happens.
  if (isOutage(error)) return new ProblemError('store_unavailable', { cause: error });
  if (isTextWithNul(error)) return new ProblemError('invalid_request', { cause: error });
  const status = error instanceof HttpException ? error.getStatus() : statusOf(error);
  const code =
    CODE_OF_STATUS[status] ?? (status >= 400 && status < 500 ? 'invalid_request' : 'internal_error');
  return new ProblemError(code, { cause: error });
}

/** body-parser, the router and friends set `status` on errors that the client caused (a bad `%`, a cut body). */
function statusOf(error: unknown): number {
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  return typeof status === 'number' ? status : 500;
}

/** PostgreSQL's text has no NUL (SQLSTATE 22021): whoever sends one, wherever it stood, sent nonsense. */
function isTextWithNul(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '22021';
}
