import { ProblemError } from '../common/problem-error.js';

/** What a refusal of WorkOS means here, before it becomes an answer. */
export type UpstreamFailure =
  | { readonly kind: 'refused'; readonly error: string }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'unavailable'; readonly retryAfter?: number };

/**
 * Reads an SDK error. Only an answer that speaks of the request itself is a refusal; a time-out, a 429, a 5xx, a page
 * of HTML, a lost connection and a refused API key (ours to mend) say nothing about the person: unavailable.
 */
export function classify(error: unknown): UpstreamFailure {
  const status = numberOf(error, 'status');
  if (status === 404) return { kind: 'not-found' };
  if (status === 429) {
    const retryAfter = numberOf(error, 'retryAfter');
    return { kind: 'unavailable', ...(retryAfter === undefined ? {} : { retryAfter }) };
  }
  const code = codeOf(error);
  const speaksOfRequest = status === 400 || status === 403 || status === 422;
  return speaksOfRequest && !OUR_FAULT.has(code) ? { kind: 'refused', error: code } : { kind: 'unavailable' };
}

/** The client id or the API key is wrong: no person can mend that by signing in again. */
const OUR_FAULT = new Set(['invalid_client', 'unauthorized_client', 'unsupported_grant_type']);

/** For calls whose refusal has no meaning of its own: everything but "not found" is "unavailable". */
export function unavailable(cause: unknown): ProblemError {
  const failure = classify(cause);
  const retryAfter = failure.kind === 'unavailable' ? failure.retryAfter : undefined;
  return new ProblemError('upstream_unavailable', {
    cause: redacted(cause),
    ...(retryAfter === undefined ? {} : { retryAfter: Math.min(Math.max(retryAfter, 1), 60) }),
  });
}

/** `code` and `error` are taken from the body: a word of WorkOS's or of Node's is kept, a token is not. */
const LOGGABLE = {
  status: /^\d{3}$/,
  code: /^(?:[a-z_]{1,64}|[A-Z_]{1,64})$/,
  error: /^[a-z_]{1,64}$/,
  requestID: /^[\w-]{1,64}$/,
};

/** An upstream error as it may be logged: its kind, status and request id; never its body, which repeats codes. */
export function redacted(cause: unknown): Error {
  const name = cause instanceof Error ? cause.name : typeof cause;
  const inner = cause instanceof Error && cause.cause instanceof Error ? ` (${cause.cause.name})` : '';
  const parts = Object.entries(LOGGABLE).flatMap(([key, pattern]) => {
    const value = fieldOf(cause, key);
    return (typeof value === 'string' || typeof value === 'number') && pattern.test(String(value))
      ? [`${key}=${value}`]
      : [];
  });
  return new Error(`WorkOS: ${name}${inner} ${parts.join(' ')}`.trim());
}

function codeOf(error: unknown): string {
  const code = fieldOf(error, 'error') ?? fieldOf(error, 'code');
  return typeof code === 'string' ? code : 'refused';
}

function numberOf(error: unknown, key: string): number | undefined {
  const value = fieldOf(error, key);
  return Number.isFinite(value) ? Number(value) : undefined;
}

function fieldOf(error: unknown, key: string): unknown {
  return error instanceof Error && key in error
    ? (error as unknown as Record<string, unknown>)[key]
    : undefined;
}
