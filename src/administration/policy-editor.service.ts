import { Injectable } from '@nestjs/common';
import { AuditLog } from '../audit/audit-log.service.js';
import { OrganizationsService, type UserPrincipal } from '../auth/index.js';
import { Clock } from '../common/clock.js';
import { ProblemError } from '../common/problem-error.js';
import type { RequestOrigin } from '../common/request-origin.js';
import { Config } from '../config/config.js';
import { Database } from '../database/database.js';
import { parseEmail } from '../identity/email-domain.js';
import { OrganizationPoliciesRepository } from '../organizations/organization-policies.repository.js';
import type { OrganizationPolicy, PolicyChange } from '../organizations/organization-policy.js';
import type { StoredOrganization } from '../organizations/organizations.repository.js';
import { RevocationOutbox } from '../sessions/revocation-outbox.js';
import { memberOf } from '../sessions/session-record.js';
import { ClaimsFollower } from '../sync/claims-follower.js';
import { DirectoryAccess } from '../sync/directory-access.service.js';
import { actBy } from './administrator.js';
import { decidePolicyChange, differences, guestsShutOutBy, type Governed } from './decide-policy-change.js';
import { GovernedPeopleRepository, type Person } from './governed-people.repository.js';
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
    private readonly people: GovernedPeopleRepository,
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
    const now = this.clock.now();
    const { after } = await this.database.transaction().execute(async (trx) => {
      const policy = await this.policies.change(trx, organizationId, change, now);
      const people = await this.people.list(trx, organizationId);
      const governed = people.map((person) => this.governed(organization, person));
      const question = {
        ...policy,
        connections: organization.connections,
        guests: this.config.guests,
        caller: {
          ...(governed.find(({ userId }) => userId === principal.user.id) ??
            this.governed(organization, {
              userId: principal.user.id,
              email: principal.user.email,
              groups: [],
            })),
          session: principal.session,
          permissions: principal.permissions,
        },
        permissionsOf,
      };
      const problem = decidePolicyChange(question);
      if (problem) throw problem;
      const ended = guestsShutOutBy(question, governed).map(({ userId }) => memberOf(organizationId, userId));
      await this.outbox.request(trx, ended, 'policy_changed', now);
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

  private governed(organization: StoredOrganization, { userId, email, groups }: Person): Governed {
    const domain = parseEmail(email)?.domain ?? '';
    return { userId, isGuest: this.organizations.isGuest(organization, domain), groups: new Set(groups) };
  }
}
