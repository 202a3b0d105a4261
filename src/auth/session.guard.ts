import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';
import { AuditLog } from '../audit/audit-log.service.js';
import { ProblemError } from '../common/problem-error.js';
import { requestOrigin } from '../common/request-origin.js';
import type { Principal } from '../identity/principal.js';
import { requirementsOf } from './auth.decorators.js';
import { decideAccess, type AccessRequirements } from './decide-access.js';
import { CredentialReader } from './passport.provider.js';
import { setPrincipal } from './request-principal.js';

/**
 * Stands before every route: a route without a word on access needs a signed-in principal. What cannot be checked
 * is not "anonymous": the error of a store that is down goes through as 503, also on an `@OptionalAuth()` route.
 *
 * A session that the node has in memory is recognised here and now; only what is not goes through Passport.
 */
@Injectable()
export class SessionGuard implements CanActivate {
  /** By handler. One that several controllers inherit is read again when it is another's turn. */
  private readonly requirements = new Map<
    object,
    { readonly controller: object; readonly requirements: AccessRequirements }
  >();

  constructor(
    private readonly reflector: Reflector,
    private readonly credentials: CredentialReader,
    private readonly audit: AuditLog,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const requirements = this.requirementsFor(context);
    if (requirements.access === 'public') return true;
    // What `switchToHttp()` hands out, without the three functions and the change of shape that it costs each time.
    const request = context.getArgByIndex<Request>(0);
    const known = this.credentials.recognize(request);
    if (known !== undefined) return this.admit(requirements, known, request);
    return this.credentials
      .read(request, context.getArgByIndex<Response>(1))
      .then((principal) => this.admit(requirements, principal, request));
  }

  private admit(
    requirements: AccessRequirements,
    principal: Principal | null,
    request: Request,
  ): boolean | Promise<boolean> {
    const decision = decideAccess(requirements, principal);
    if (decision === 'granted') {
      if (principal) setPrincipal(request, principal);
      return true;
    }
    if (decision === 'unauthenticated')
      throw new ProblemError(decision, { headers: { 'WWW-Authenticate': 'Bearer' } });
    return this.refuse(new ProblemError(decision), principal, request);
  }

  /** Somebody who is known asked for more than they may have: that is worth a look. */
  private async refuse(problem: ProblemError, principal: Principal | null, request: Request): Promise<never> {
    const { user, organization, session } = principal ?? {};
    await this.audit.record(
      {
        action: 'access.refused',
        reason: problem.code,
        userId: user?.id ?? null,
        organizationId: organization?.id ?? null,
        sessionId: session?.id ?? null,
      },
      requestOrigin(request),
    );
    throw problem;
  }

  /** Decorators do not change while the service runs: they are read once for each handler of a class. */
  private requirementsFor(context: ExecutionContext): AccessRequirements {
    const [controller, handler] = [context.getClass(), context.getHandler()];
    const known = this.requirements.get(handler);
    if (known?.controller === controller) return known.requirements;
    const requirements = requirementsOf(this.reflector, handler as () => unknown, controller);
    this.requirements.set(handler, { controller, requirements });
    return requirements;
  }
}
