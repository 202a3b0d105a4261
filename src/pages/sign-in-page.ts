import { escapeHtml } from '../common/html.js';
import { PROBLEMS } from '../common/problems.js';
import type { ProblemText } from '../common/problem-text.js';
import { REQUEST_ID } from '../common/request-origin.js';
import { IDP_ERRORS, isIdpErrorCode } from '../identity/idp-errors.js';

export type PageQuery = Readonly<Record<string, unknown>>;

/**
 * The document as a browser without scripts needs it: what went wrong, in our own words, and where the person wanted to
 * go. Nothing of the address is repeated but a well-formed request id; `return_to` is checked again when it is used.
 */
export function signInPage(document: string, query: PageQuery): string {
  const { error, idp_error: idpError, request_id: requestId, return_to: returnTo } = query;
  const words = wordsOf(error, idpError);
  const reference = typeof requestId === 'string' && REQUEST_ID.test(requestId) ? requestId : null;
  const problem = words
    ? `<div class="alert" role="alert"><h2 class="alert-title">${escapeHtml(words.title)}</h2><p>${escapeHtml(words.detail)}</p>${
        reference === null ? '' : `<p>Reference: <code>${escapeHtml(reference)}</code></p>`
      }</div>`
    : '';
  const destination =
    typeof returnTo === 'string'
      ? `<input type="hidden" name="return_to" value="${escapeHtml(returnTo)}">`
      : '';
  return document.replace('<!--problem-->', () => problem).replace('<!--return_to-->', () => destination);
}

function wordsOf(error: unknown, idpError: unknown): Pick<ProblemText, 'title' | 'detail'> | null {
  if (typeof error !== 'string') return null;
  if (error === 'idp_error' && isIdpErrorCode(idpError)) return IDP_ERRORS[idpError];
  return Object.hasOwn(PROBLEMS, error) ? PROBLEMS[error as keyof typeof PROBLEMS] : PROBLEMS.internal_error;
}
