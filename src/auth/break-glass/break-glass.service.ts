import { Injectable } from '@nestjs/common';
import type { AuditEvent } from '../../audit/audit-event.js';
import { AuditLog } from '../../audit/audit-log.service.js';
import { Clock } from '../../common/clock.js';
import { ProblemError } from '../../common/problem-error.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import type { UserPrincipal } from '../../identity/principal.js';
import type { OrganizationPolicy } from '../../organizations/organization-policy.js';
import type { StoredOrganization } from '../../organizations/organizations.repository.js';
import { OrganizationsService } from '../../organizations/organizations.service.js';
import { SessionsService } from '../../sessions/sessions.service.js';
import { MemberAccess } from '../../sync/member-access.service.js';
import { MemberRoles } from '../../sync/member-roles.service.js';
import { CODE, codeHashOf, SESSION_LIMITS } from './break-glass-pass.js';
import { BreakGlassPassesRepository, type Holder } from './break-glass-passes.repository.js';

/**
 * The way in for an organization whose identity provider is down: a pass that an operator made on the command line. It asks
 * neither WorkOS nor the identity provider, so it must be short, single and loud.
 */
@Injectable()
export class BreakGlassService {
  constructor(
    private readonly passes: BreakGlassPassesRepository,
    private readonly organizations: OrganizationsService,
    private readonly members: MemberAccess,
    private readonly roles: MemberRoles,
    private readonly sessions: SessionsService,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * @returns the token of a new session
   * @throws `break_glass_refused` for whatever is not a good pass, without saying why: the audit log does
   */
  async redeem(given: string, previous: UserPrincipal | null, origin: RequestOrigin): Promise<string> {
    const code = given.trim();
    const pass = CODE.test(code) ? await this.passes.spend(codeHashOf(code), this.clock.now()) : null;
    if (!pass) {
      await this.audit.recordStranger(
        { action: 'break_glass.refused', reason: 'unknown_used_or_expired' },
        origin,
      );
      throw new ProblemError('break_glass_refused');
    }
    const { id, organizationId, email, issuedAt } = pass;
    const about = { organizationId, details: { pass: id } };
    // Since the pass was made the person may have left.
    const [holder, ...others] = await this.passes.holders(organizationId, email);
    const organization = holder && (await this.organizations.findInCopy(organizationId));
    if (!organization || others.length > 0)
      throw await this.refusal({ reason: 'not_a_member', ...about }, origin);
    const barred = await this.whatBars(holder, organization);
    if (barred !== null) throw await this.refusal({ reason: barred, ...about }, origin);
    const session = await this.enter(holder, organization.policy, issuedAt, previous, origin);
    await this.audit.record(
      { action: 'break_glass.used', userId: holder.user.id, sessionId: session.id, ...about },
      origin,
    );
    return session.token;
  }

  /** Their groups, their directory and the rule for guests hold as at any way in. `null` where nothing bars them. */
  private async whatBars({ user }: Holder, organization: StoredOrganization): Promise<string | null> {
    try {
      return (await this.members.admit(organization, user.id)) ? null : 'not_a_member';
    } catch (error) {
      if (error instanceof ProblemError && error.status < 500) return error.code;
      throw error;
    }
  }

  /** A sign-in that began when the pass was made: if the person's sessions were ended since, this one does not begin. */
  private async enter(
    holder: Holder,
    policy: OrganizationPolicy,
    startedAt: Date,
    previous: UserPrincipal | null,
    origin: RequestOrigin,
  ) {
    const { user, organization } = holder;
    const grants = await this.roles.currentGrantsOf(organization.id, user.id);
    const identity = {
      account: { kind: 'user', userId: user.id },
      email: user.email,
      firstName: user.firstName,
      lastName: user.lastName,
      profilePictureUrl: user.profilePictureUrl,
      organizationId: organization.id,
      connectionId: null,
      connectionType: null,
      method: 'break_glass',
      authenticatedAt: null,
      roles: grants?.roles ?? holder.roles,
      permissions: grants?.permissions ?? [],
      impersonator: null,
      tokens: null,
    } as const;
    const limits = {
      idleTimeout: Math.min(SESSION_LIMITS.idleTimeout, policy.idleTimeout ?? Infinity),
      absoluteTimeout: Math.min(SESSION_LIMITS.absoluteTimeout, policy.absoluteTimeout ?? Infinity),
    };
    const wanted = { user, organization, identity, permissions: identity.permissions, limits };
    return this.sessions.issue(
      { ...wanted, connectionId: null, directoryId: null, reauthenticated: false },
      previous,
      startedAt,
      origin,
    );
  }

  private async refusal(event: Omit<AuditEvent, 'action'>, origin: RequestOrigin): Promise<ProblemError> {
    await this.audit.record({ action: 'break_glass.refused', ...event }, origin);
    return new ProblemError('break_glass_refused');
  }
}
