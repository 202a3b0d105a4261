import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Counter } from '@opentelemetry/api';
import type { Request } from 'express';
import { AuditLog } from '../../audit/audit-log.service.js';
import { Clock } from '../../common/clock.js';
import { ProblemError } from '../../common/problem-error.js';
import { noteImpersonator, requestOrigin } from '../../common/request-origin.js';
import { Config } from '../../config/config.js';
import type { Principal } from '../../identity/principal.js';
import { Meter } from '../../metrics/meter.js';
import { requirementsOf } from './access-requirements.js';
import { actorOf } from './actor.js';
import { callOf } from './call.js';
import { decideAccess, type AccessRequirements, type ResourceRequirement } from './decide-access.js';
import { SESSION_ENDED, type IncomingCall } from './incoming-call.js';
import { OpenConnections } from './open-connections.js';
import { CredentialReader } from '../credentials/passport.provider.js';
import { proveAgain, signInFirst } from './refusal.js';
import { recordRefused } from './refused-credentials.js';
import { setPrincipal } from './request-principal.js';
import { ResourceGuard } from './resource-guard.service.js';

/**
 * Stands before every route: a route without a word on access needs a caller who is known. What cannot be checked is not
 * "anonymous": the error of a store that is down goes through as 503, also on an `@OptionalAuth()` route.
 *
 * A credential that the node has in memory is recognised here and now; only what is not goes through Passport.
 */
@Injectable()
export class SessionGuard implements CanActivate {
  private readonly refusals: Counter;
  /** By handler. One that several controllers inherit is read again when it is another's turn. */
  private readonly requirements = new Map<
    object,
    { readonly controller: object; readonly requirements: AccessRequirements }
  >();

  constructor(
    private readonly reflector: Reflector,
    private readonly credentials: CredentialReader,
    private readonly connections: OpenConnections,
    private readonly resources: ResourceGuard,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
    private readonly config: Config,
    meter: Meter,
  ) {
    this.refusals = meter.createCounter('gatehouse.access.refusals', {
      unit: '{request}',
      description: 'Requests that were refused, by the reason and by what they showed.',
    });
  }

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const requirements = this.requirementsFor(context);
    if (requirements.access === 'public') return true;
    const call = callOf(context);
    let known: Principal | null | undefined;
    try {
      known = this.credentials.recognize(call.request);
    } catch (error) {
      return this.refuseStranger(error, call);
    }
    if (known !== undefined) return this.admit(requirements, known, call);
    return this.credentials.read(call.request, null).then(
      (principal) => this.admit(requirements, principal, call),
      (error: unknown) => this.refuseStranger(error, call),
    );
  }

  private admit(
    requirements: AccessRequirements,
    principal: Principal | null,
    call: IncomingCall,
  ): boolean | Promise<boolean> {
    const { isSafe, parameters } = call;
    const now = requirements.recentAuth === null ? 0 : this.clock.milliseconds();
    const decision = decideAccess(requirements, principal, { isSafe, parameters, now });
    if (decision === 'granted') {
      if (requirements.resources.length > 0) return this.admitTo(requirements.resources, principal, call);
      if (principal) this.letIn(principal, call);
      return true;
    }
    const request = call.request as Request;
    const page = call.kind === 'http' ? request : null;
    const { appUrl } = this.config;
    switch (decision) {
      case 'unauthenticated':
        return this.refuseStranger(signInFirst(page, appUrl), call);
      case 'reauthentication_required':
        this.count(decision, principal);
        throw proveAgain(page, appUrl, principal, requirements.recentAuth ?? 0);
      default:
        return this.refuse(new ProblemError(decision), principal, request);
    }
  }

  private async admitTo(
    resources: readonly ResourceRequirement[],
    principal: Principal | null,
    call: IncomingCall,
  ): Promise<boolean> {
    if (!principal || !(await this.resources.admits(resources, principal, call.parameters)))
      return this.refuse(new ProblemError('missing_permission'), principal, call.request as Request);
    this.letIn(principal, call);
    return true;
  }

  private letIn(principal: Principal, { carrier, connection, request }: IncomingCall): void {
    setPrincipal(carrier, principal);
    const impersonator = principal.kind === 'user' ? principal.session.impersonator : null;
    if (impersonator) noteImpersonator(request, impersonator);
    if (!connection || this.connections.has(connection)) return;
    this.connections.watch(connection, request, () => connection.close(SESSION_ENDED, 'unauthenticated'));
    connection.once('close', () => this.connections.forget(connection));
  }

  /** Somebody who is known asked for more than they may have: that is worth a look. */
  private async refuse(problem: ProblemError, principal: Principal | null, request: Request): Promise<never> {
    const reason = problem.code === 'not_found' ? 'other_organization' : problem.code;
    this.count(reason, principal);
    const actor = principal ? actorOf(principal) : {};
    await this.audit.record({ action: 'access.refused', reason, ...actor }, requestOrigin(request));
    throw problem;
  }

  private count(reason: string, principal: Principal | null): void {
    const credential = principal?.kind === 'user' ? principal.credential : (principal?.kind ?? 'none');
    this.refusals.add(1, { reason, credential });
  }

  private async refuseStranger(error: unknown, { request }: IncomingCall): Promise<never> {
    if (error instanceof ProblemError && error.status < 500) this.count(error.code, null);
    await recordRefused(error, this.credentials, this.audit, request);
    throw error;
  }

  /** Decorators do not change while the service runs: they are read once for each handler of a class. */
  private requirementsFor(context: ExecutionContext): AccessRequirements {
    const [controller, handler] = [context.getClass(), context.getHandler()];
    const known = this.requirements.get(handler);
    if (known?.controller === controller) return known.requirements;
    const requirements = requirementsOf(this.reflector, handler, controller);
    this.requirements.set(handler, { controller, requirements });
    return requirements;
  }
}
