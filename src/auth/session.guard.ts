import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';
import { AuditLog } from '../audit/audit-log.service.js';
import { requestOrigin } from '../common/request-origin.js';
import type { Principal } from '../identity/principal.js';
import { ProblemError } from '../common/problem-error.js';
import { requirementsOf } from './auth.decorators.js';
import { decideAccess } from './decide-access.js';
import { CredentialReader } from './passport.provider.js';
import { setPrincipal } from './request-principal.js';

/**
 * Stands before every route: a route without a word on access needs a signed-in principal. What cannot be checked
 * is not "anonymous": the error of a store that is down goes through as 503, also on an `@OptionalAuth()` route.
 */
@Injectable()
export class SessionGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly credentials: CredentialReader,
    private readonly audit: AuditLog,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const requirements = requirementsOf(
      this.reflector,
      context.getHandler() as () => unknown,
      context.getClass(),
    );
    if (requirements.access === 'public') return true;
    const request = context.switchToHttp().getRequest<Request>();
    const principal = await this.credentials.read(request, context.switchToHttp().getResponse<Response>());
    const decision = decideAccess(requirements, principal);
    if (decision === 'unauthenticated') {
      throw new ProblemError(decision, { headers: { 'WWW-Authenticate': 'Bearer' } });
    }
    if (decision !== 'granted') {
      await this.recordRefusal(decision, principal, request);
      throw new ProblemError(decision);
    }
    if (principal) setPrincipal(request, principal);
    return true;
  }

  /** Somebody who is known asked for more than they may have: that is worth a look. */
  private async recordRefusal(reason: string, principal: Principal | null, request: Request): Promise<void> {
    const { user, organization, session } = principal ?? {};
    await this.audit.record(
      {
        action: 'access.refused',
        reason,
        userId: user?.id ?? null,
        organizationId: organization?.id ?? null,
        sessionId: session?.id ?? null,
      },
      requestOrigin(request),
    );
  }
}
