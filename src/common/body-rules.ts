import type { NextFunction, Request, Response } from 'express';
import { ProblemError } from './problem-error.js';

/**
 * A body is JSON, or, on `/auth`, a form. Anything else is 415: a page of another site can send `text/plain`
 * without asking first, so an API that reads it has no cross-site protection (OWASP ASVS 5.0, 3.5.2).
 */
export function bodyRules(request: Request, _response: Response, next: NextFunction): void {
  const hasBody =
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
  const accepted = /^\/auth\//i.test(request.path) ? ['json', 'urlencoded'] : ['json'];
  if (hasBody && !request.is(accepted)) {
    next(new ProblemError('unsupported_media_type'));
    return;
  }
  next();
}
