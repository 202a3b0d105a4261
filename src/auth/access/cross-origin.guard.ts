import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { ProblemError } from '../../common/problem-error.js';
import { Config } from '../../config/config.js';
import { callOf } from './call.js';
import { Cookies } from '../credentials/cookies.js';
import { CHANNEL, isForeign, isSafe } from './decide-cross-origin.js';

/** Refuses what another site's page makes a browser send with a cookie of ours. Runs before any credential is read. */
@Injectable()
export class CrossOriginGuard implements CanActivate {
  constructor(
    private readonly config: Config,
    private readonly cookies: Cookies,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    if (context.getType() === 'http') {
      const request = context.getArgByIndex<IncomingMessage>(0);
      this.refuseForeign(request, request.method ?? '');
    } else {
      const { request } = callOf(context);
      const isChannel = request.headers.upgrade?.toLowerCase() === 'websocket';
      this.refuseForeign(request, isChannel ? CHANNEL : (request.method ?? ''));
    }
    return true;
  }

  /** @throws `cross_origin` */
  refuseForeign(request: IncomingMessage, method: string): void {
    if (isSafe(method)) return;
    const secFetchSite = request.headers['sec-fetch-site'];
    const foreign = isForeign({
      method,
      hasCookie: this.cookies.session(request) !== undefined || this.cookies.hasSignIns(request),
      secFetchSite: typeof secFetchSite === 'string' ? secFetchSite : undefined,
      origin: request.headers.origin,
      appUrl: this.config.appUrl,
      trustedOrigins: this.config.trustedOrigins,
    });
    if (foreign) throw new ProblemError('cross_origin');
  }
}
