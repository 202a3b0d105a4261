import { Injectable } from '@nestjs/common';
import { AuditLog } from '../../audit/audit-log.service.js';
import { Clock } from '../../common/clock.js';
import { codeOf, ProblemError } from '../../common/problem-error.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import type { UserPrincipal } from '../../identity/principal.js';
import type { OrganizationPolicy } from '../../organizations/organization-policy.js';
import { OrganizationsService } from '../../organizations/organizations.service.js';
import { SessionsService } from '../../sessions/sessions.service.js';
import { MemberAccess } from '../../sync/member-access.service.js';
import { MemberRoles } from '../../sync/member-roles.service.js';
import type { Member } from '../../sync/member.schemas.js';
import { MembersService } from '../../sync/members.service.js';
import { CODE, codeHashOf, SESSION_LIMITS } from './break-glass-pass.js';
import { BreakGlassPassesRepository, type BreakGlassPass } from './break-glass-passes.repository.js';

/**
 * The way in for an organization whose identity provider is down: a pass that an operator made on the command line. It asks
 * neither WorkOS nor the identity provider, so it must be short, single and loud.
 */
@Injectable()
export class BreakGlassService {
  constructor(
    private readonly passes: BreakGlassPassesRepository,
    private readonly organizations: OrganizationsService,
    private readonly members: MembersService,
    private readonly access: MemberAccess,
    private readonly roles: MemberRoles,
    private readonly sessions: SessionsService,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * @returns the token of a new session
   * @throws `break_glass_refused` for whatever is not a good pass, without saying why: the audit log does; `session_revoked`
   * where the person's sessions were ended since it was issued
   */
  async redeem(given: string, previous: UserPrincipal | null, origin: RequestOrigin): Promise<string> {
    const pass = await this.spend(given.trim(), origin);
    try {
      const { userId, session } = await this.enter(pass, previous, origin);
      const event = { action: 'break_glass.used', ...recordOf(pass), userId, sessionId: session.id } as const;
      await this.audit.record(event, origin);
      return session.token;
    } catch (error) {
      throw await this.refusal(pass, error, origin);
    }
  }

  private async spend(code: string, origin: RequestOrigin): Promise<BreakGlassPass> {
    const now = this.clock.now();
    const codeHash = codeHashOf(code);
    const pass = CODE.test(code) ? await this.passes.spend(codeHash, now) : null;
    if (pass) return pass;
    const known = CODE.test(code) ? await this.passes.find(codeHash) : null;
    const action = 'break_glass.refused';
    if (known) {
      const reason = known.usedAt === null && known.expiresAt <= now ? 'expired' : 'used';
      await this.audit.record({ action, reason, ...recordOf(known) }, origin);
    } else await this.audit.recordStranger({ action, reason: 'unknown_code' }, origin);
    throw new ProblemError('break_glass_refused');
  }

  /** Their groups, their directory and the rule for guests hold as at any way in. */
  private async enter(pass: BreakGlassPass, previous: UserPrincipal | null, origin: RequestOrigin) {
    const [member, organization] = await Promise.all([
      this.holderOf(pass),
      this.organizations.findInCopy(pass.organizationId),
    ]);
    // Since the pass was made the person may have left.
    if (!member || !organization || !(await this.access.admit(organization, member.id)))
      throw new ProblemError('not_a_member');
    const session = await this.begin(member, organization, pass.issuedAt, previous, origin);
    return { userId: member.id, session };
  }

  private async holderOf({ organizationId, userId, email }: BreakGlassPass): Promise<Member | null> {
    if (userId !== null) return this.members.find(organizationId, userId);
    const found = await this.members.findByEmail(organizationId, email);
    const [member, ...others] = found.filter(({ status }) => status === 'active');
    return others.length === 0 ? (member ?? null) : null;
  }

  /** A sign-in that began when the pass was made: if the person's sessions were ended since, this one does not begin. */
  private async begin(
    { id, email, firstName, lastName, profilePictureUrl }: Member,
    { id: organizationId, name, policy }: { id: string; name: string; policy: OrganizationPolicy },
    startedAt: Date,
    previous: UserPrincipal | null,
    origin: RequestOrigin,
  ) {
    const user = { id, email, firstName, lastName, profilePictureUrl };
    const grants = await this.roles.currentGrantsOf(organizationId, id);
    if (!grants) throw new ProblemError('not_a_member');
    const identity = {
      account: { kind: 'user', userId: id },
      email,
      firstName,
      lastName,
      profilePictureUrl,
      organizationId,
      connectionId: null,
      connectionType: null,
      method: 'break_glass',
      authenticatedAt: null,
      ...grants,
      impersonator: null,
      tokens: null,
    } as const;
    const limits = {
      idleTimeout: Math.min(SESSION_LIMITS.idleTimeout, policy.idleTimeout ?? Infinity),
      absoluteTimeout: Math.min(SESSION_LIMITS.absoluteTimeout, policy.absoluteTimeout ?? Infinity),
    };
    const organization = { id: organizationId, name };
    const wanted = { user, organization, identity, permissions: grants.permissions, limits };
    return this.sessions.issue(
      { ...wanted, connectionId: null, directoryId: null, reauthenticated: false },
      previous,
      startedAt,
      origin,
    );
  }

  /** Whoever was refused has spent the pass. Where nobody could say, nobody has: its session, if there is one, is no one's. */
  private async refusal(pass: BreakGlassPass, error: unknown, origin: RequestOrigin): Promise<unknown> {
    const reason = codeOf(error);
    await this.audit.record({ action: 'break_glass.refused', reason, ...recordOf(pass) }, origin);
    if (error instanceof ProblemError && error.status < 500)
      return reason === 'session_revoked' ? error : new ProblemError('break_glass_refused', { cause: error });
    // Where that fails as well it stays spent.
    await this.passes.giveBack(pass.id).catch(() => undefined);
    return error;
  }
}

function recordOf({ id, organizationId, userId }: BreakGlassPass) {
  return { organizationId, userId, details: { pass: id } };
}
