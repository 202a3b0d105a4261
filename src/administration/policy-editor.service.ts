import { Injectable } from '@nestjs/common';
import { AuditLog } from '../audit/audit-log.service.js';
import { OrganizationsService, type UserPrincipal } from '../auth/index.js';
import { Clock } from '../common/clock.js';
import { ProblemError } from '../common/problem-error.js';
import type { RequestOrigin } from '../common/request-origin.js';
import { Config } from '../config/config.js';
import { Database } from '../database/database.js';
import { parseEmail } from '../identity/email-domain.js';
import type { MirrorTransaction } from '../mirror/tombstones.js';
import { OrganizationPoliciesRepository } from '../organizations/organization-policies.repository.js';
import type { OrganizationPolicy, PolicyChange } from '../organizations/organization-policy.js';
import type { StoredOrganization } from '../organizations/organizations.repository.js';
import { RevocationOutbox } from '../sessions/revocation-outbox.js';
import { memberOf } from '../sessions/session-record.js';
import { ClaimsFollower } from '../sync/claims-follower.js';
import { DirectoryAccess } from '../sync/directory-access.service.js';
import { MembersService } from '../sync/members.service.js';
import { PeopleRepository } from '../users/people.repository.js';
import { actBy } from './administrator.js';
import {
  decidePolicyChange,
  differences,
  shutsOutGuests,
  type PolicyQuestion,
} from './decide-policy-change.js';
import { PolicyEnforcer } from './policy-enforcer.service.js';

/** What decides, with the directory, who may be here and as what. */
const GROUP_RULES = ['requiredGroups', 'groupRoles', 'defaultRole'] as const;

/**
 * Changes what an organization decides for itself, at once: the next sign-in goes by the new policy, sessions of people whom
 * it would not have let in end with the transaction of the change, and the others follow it before the answer.
 */
@Injectable()
export class PolicyEditor {
  constructor(
    private readonly database: Database,
    private readonly organizations: OrganizationsService,
    private readonly policies: OrganizationPoliciesRepository,
    private readonly members: MembersService,
    private readonly people: PeopleRepository,
    private readonly outbox: RevocationOutbox,
    private readonly access: DirectoryAccess,
    private readonly follower: ClaimsFollower,
    private readonly enforcer: PolicyEnforcer,
    private readonly audit: AuditLog,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** @throws whatever `decidePolicyChange` has against it; then nothing is changed, and the refusal is on record */
  async change(
    organizationId: string,
    change: PolicyChange,
    principal: UserPrincipal,
    origin: RequestOrigin,
  ): Promise<OrganizationPolicy> {
    try {
      return await this.apply(organizationId, change, principal, origin);
    } catch (error) {
      if (error instanceof ProblemError && error.status < 500) {
        const refused = actBy(principal, 'policy.refused', { wanted: Object.keys(change) });
        await this.audit.record({ ...refused, reason: error.code }, origin);
      }
      throw error;
    }
  }

  private async apply(
    organizationId: string,
    change: PolicyChange,
    principal: UserPrincipal,
    origin: RequestOrigin,
  ): Promise<OrganizationPolicy> {
    const organization = await this.organizations.find(organizationId);
    if (!organization) throw new ProblemError('not_found');
    const permissionsOf = await this.permissionsOf(organizationId, change);
    const caller = await this.callerIn(organization, principal);
    const now = this.clock.now();
    const { after } = await this.database.transaction().execute(async (trx) => {
      const policy = await this.policies.change(trx, organizationId, change, now);
      const { connections } = organization;
      const question = { ...policy, connections, guests: this.config.guests, caller, permissionsOf };
      const problem = decidePolicyChange(question);
      if (problem) throw problem;
      if (shutsOutGuests(question)) await this.endGuests(trx, organization, principal.user.id);
      if (GROUP_RULES.some((rule) => change[rule] !== undefined))
        await this.access.applyPolicy(trx, organizationId, principal.user.id);
      const changed = differences(policy.before, policy.after);
      if (Object.keys(changed).length > 0)
        await this.audit.recordIn(trx, actBy(principal, 'policy.changed', { changed }), origin);
      return policy;
    });
    await this.outbox.drain();
    // Roles may follow a moment later: they are as many steps as there are members.
    void this.follower.follow();
    await this.enforcer.enforce(organization, change, after, principal.session.id, origin);
    return after;
  }

  /** Asked before the transaction: it may take an answer of WorkOS's. */
  private async permissionsOf(
    organizationId: string,
    { groupRoles = {}, defaultRole }: PolicyChange,
  ): Promise<Map<string, string[]>> {
    const roles = new Set([...Object.values(groupRoles), ...(defaultRole ? [defaultRole] : [])]);
    const allowed = new Map<string, string[]>();
    for (const role of roles)
      allowed.set(role, await this.organizations.permissionsOf(organizationId, [role]));
    return allowed;
  }

  private async callerIn(
    organization: StoredOrganization,
    { user, session, permissions }: UserPrincipal,
  ): Promise<PolicyQuestion['caller']> {
    const groups = await this.members.groupsOf(organization.id, user.id);
    return {
      isGuest: this.isGuest(organization, user.email),
      groups: new Set(groups.flatMap(({ id, name }) => [id, name])),
      session,
      permissions,
    };
  }

  private async endGuests(
    trx: MirrorTransaction,
    organization: StoredOrganization,
    changedBy: string,
  ): Promise<void> {
    for await (const members of this.people.members(trx, organization.id)) {
      const guests = members.filter(
        ({ userId, email, sameAs }) =>
          sameAs === null && userId !== changedBy && this.isGuest(organization, email),
      );
      const subjects = guests.map(({ userId }) => memberOf(organization.id, userId));
      await this.outbox.request(trx, subjects, 'policy_changed', this.clock.now());
    }
  }

  private isGuest(organization: StoredOrganization, email: string | null): boolean {
    return this.organizations.isGuest(organization, parseEmail(email ?? '')?.domain ?? '');
  }
}
