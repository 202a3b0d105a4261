import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import type { IncomingMessage } from 'node:http';
import { AuditLog } from '../../audit/audit-log.service.js';
import { ProblemError } from '../../common/problem-error.js';
import { requestOrigin } from '../../common/request-origin.js';
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
    private readonly audit: AuditLog,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const isHttp = context.getType() === 'http';
    const request = isHttp ? context.getArgByIndex<IncomingMessage>(0) : callOf(context).request;
    const isChannel = !isHttp && request.headers.upgrade?.toLowerCase() === 'websocket';
    return this.isForeign(request, isChannel ? CHANNEL : (request.method ?? ''))
      ? this.refuse(request)
      : true;
  }

  isForeign(request: IncomingMessage, method: string): boolean {
    if (isSafe(method)) return false;
    const hasCookie = this.cookies.session(request) !== undefined || this.cookies.hasSignIns(request);
    return this.isOfAnotherSite(request, method, hasCookie);
  }

  /**
   * For a route that signs a browser in without a cookie: another site's page must not, whoever the browser is signed in as.
   * @throws `cross_origin`
   */
  async refuseOtherSites(request: Request): Promise<void> {
    const { origin, 'sec-fetch-site': site } = request.headers;
    // Only browsers send either.
    const isBrowser = origin !== undefined || site !== undefined;
    if (this.isOfAnotherSite(request, request.method, isBrowser)) await this.refuse(request);
  }

  private isOfAnotherSite(request: IncomingMessage, method: string, hasCookie: boolean): boolean {
    const secFetchSite = request.headers['sec-fetch-site'];
    return isForeign({
      method,
      hasCookie,
      secFetchSite: typeof secFetchSite === 'string' ? secFetchSite : undefined,
      origin: request.headers.origin,
      appUrl: this.config.appUrl,
      trustedOrigins: this.config.trustedOrigins,
    });
  }

  private async refuse(request: IncomingMessage): Promise<never> {
    const event = { action: 'access.refused', reason: 'cross_origin' } as const;
    await this.audit.recordStranger(event, requestOrigin(request as Request));
    throw new ProblemError('cross_origin');
  }
}
