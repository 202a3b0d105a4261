import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { ProblemError } from '../common/problem-error.js';
import { Config } from '../config/config.js';
import { Cookies } from './cookies.js';
import { isForeign, isSafe } from './decide-cross-origin.js';

/** Refuses what another site's page makes a browser send with the session cookie. Runs before any credential is read. */
@Injectable()
export class CrossOriginGuard implements CanActivate {
  constructor(
    private readonly config: Config,
    private readonly cookies: Cookies,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.getArgByIndex<Request>(0);
    if (isSafe(request.method)) return true;
    const secFetchSite = request.headers['sec-fetch-site'];
    const foreign = isForeign({
      method: request.method,
      hasSessionCookie: this.cookies.session(request) !== undefined,
      secFetchSite: typeof secFetchSite === 'string' ? secFetchSite : undefined,
      origin: request.headers.origin,
      appUrl: this.config.appUrl,
      trustedOrigins: this.config.trustedOrigins,
    });
    if (foreign) throw new ProblemError('cross_origin');
    return true;
  }
}
