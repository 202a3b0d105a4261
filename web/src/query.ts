import { PROBLEMS, type ProblemCode } from '../../src/common/problems.js';
import { isIdpErrorCode, type IdpErrorCode } from '../../src/identity/idp-errors.js';

/** What the address of the sign-in page may say. Anyone can make such a link, so free text stops here. */
export interface SignInQuery {
  readonly error: ProblemCode | 'unknown' | null;
  readonly idpError: IdpErrorCode | null;
  readonly requestId: string | null;
  readonly retryAfter: number | null;
  readonly signedOut: boolean;
  readonly email: string;
  readonly returnTo: string | null;
}

const REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/;
const LONGEST_EMAIL = 254;
const LONGEST_WAIT = 3600;

export function parseSignInQuery(search: string): SignInQuery {
  const params = new URLSearchParams(search);
  const error = params.get('error');
  const idpError = params.get('idp_error');
  const requestId = params.get('request_id');
  return {
    error: error === null ? null : isProblemCode(error) ? error : 'unknown',
    idpError: error === 'idp_error' && isIdpErrorCode(idpError) ? idpError : null,
    requestId: requestId !== null && REQUEST_ID.test(requestId) ? requestId : null,
    retryAfter: parseSeconds(params.get('retry_after')),
    signedOut: params.get('signed_out') === '1',
    email: (params.get('email') ?? '').slice(0, LONGEST_EMAIL),
    // The server refused this address already: carrying it on would fail again.
    returnTo: error === 'invalid_return_to' ? null : params.get('return_to'),
  };
}

/** The sign-in page without the error, keeping where the visitor wanted to go and as whom. */
export function startAgainHref({ email, returnTo }: SignInQuery): string {
  const params = new URLSearchParams();
  if (email) params.set('email', email);
  if (returnTo) params.set('return_to', returnTo);
  return params.size > 0 ? `/sign-in?${params.toString()}` : '/sign-in';
}

/** Whole seconds as in a Retry-After header; null for anything else. */
export function parseSeconds(value: string | null): number | null {
  if (value === null || !/^\d{1,9}$/.test(value)) return null;
  const seconds = Number(value);
  return seconds > 0 ? Math.min(seconds, LONGEST_WAIT) : null;
}

/** Catches slips of the keyboard only; whether the address exists is the server's question. */
export function looksLikeEmail(value: string): boolean {
  return value.length <= LONGEST_EMAIL && /^[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)+$/.test(value);
}

export function isProblemCode(value: string): value is ProblemCode {
  return Object.hasOwn(PROBLEMS, value);
}
