import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { SandboxState } from './state.js';

/** An error answer exactly as WorkOS writes it. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly body: Record<string, unknown>,
    readonly headers: Record<string, string> = {},
  ) {
    super(`answered ${status}`);
  }
}

export function oauthError(error: string, description: string, more: Record<string, unknown> = {}): ApiError {
  return new ApiError(400, { error, error_description: description, ...more });
}

export function notFound(what: string, id: string): ApiError {
  const message = `Could not find ${what} with ID, ${id}.`;
  return new ApiError(404, { message, code: 'entity_not_found', entity_id: id });
}

export function unprocessable(field: string, message: string): ApiError {
  const code = 'invalid_request_parameters';
  return new ApiError(422, { code, message, errors: [{ field, code: message }] });
}

export function requireApiKey(state: SandboxState): RequestHandler {
  return (request, _response, next) => {
    if (request.get('authorization') !== `Bearer ${state.apiKey}`) {
      throw new ApiError(401, { message: 'Unauthorized' });
    }
    next();
  };
}

function statusOf(error: unknown): number {
  const status =
    typeof error === 'object' && error !== null && 'status' in error ? Number(error.status) : 500;
  return status >= 400 && status < 600 ? status : 500;
}

export const answerErrors: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (response.headersSent) return next(error);
  if (error instanceof ApiError) {
    response.status(error.status).set(error.headers).json(error.body);
    return;
  }
  const status = statusOf(error);
  const message = status < 500 && error instanceof Error ? error.message : 'Internal Server Error';
  if (status >= 500)
    process.stderr.write(`sandbox: ${error instanceof Error ? error.stack : String(error)}\n`);
  response.status(status).json({ message });
};
