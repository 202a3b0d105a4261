import { Injectable } from '@nestjs/common';
import { AuditLog } from '../audit/audit-log.service.js';
import { Clock } from '../common/clock.js';
import { ProblemError } from '../common/problem-error.js';
import { Random } from '../common/random.js';
import type { RequestOrigin } from '../common/request-origin.js';
import { withStore } from '../database/database.js';
import type { ExternalIdentity } from '../identity/identity-provider.port.js';
import type { User } from '../identity/principal.js';
import type { MirrorTransaction } from '../mirror/tombstones.js';
import { PeopleRepository } from './people.repository.js';
import { planProvisioning, type ProvisioningPlan } from './plan-provisioning.js';
import { UsersRepository } from './users.repository.js';

/** People, provisioned when they sign in for the first time and kept up to date at every later one. */
@Injectable()
export class UsersService {
  constructor(
    private readonly repository: UsersRepository,
    private readonly people: PeopleRepository,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /**
   * @throws `provisioning_refused` where the account conflicts with a known one, `account_deactivated` where WorkOS has
   *   deleted the user; then nothing is changed
   * @param settle whatever else must be true of the user before they are one; where it throws, nothing is changed either
   */
  async provision<Settled>(
    identity: ExternalIdentity,
    origin: RequestOrigin | null,
    settle: (trx: MirrorTransaction, userId: string, isNewMember: boolean) => Promise<Settled>,
  ): Promise<{ user: User; settled: Settled }> {
    const now = this.clock.now();
    const { id, plan, settled } = await withStore(() =>
      this.repository.exclusively(identity.account, async (trx, plain) => {
        const known = await this.repository.known(trx, identity.account);
        const decided = planProvisioning(identity, known);
        if (decided.kind === 'refuse')
          throw new ProblemError(decided.code, { cause: new Error(decided.reason) });
        const userId = decided.kind === 'update' ? decided.userId : this.newId(identity, now);
        if (decided.kind === 'create') await this.repository.create(trx, userId, identity, now);
        else {
          if (decided.changed) await this.repository.update(trx, userId, identity, now);
          if (decided.relink) await this.repository.link(trx, userId, identity);
        }
        const { organizationId, roles } = identity;
        if (organizationId !== null) await this.people.takeTurnOf(plain, organizationId, userId);
        const isNewMember =
          organizationId !== null && !(await this.repository.hasJoined(organizationId, userId, trx));
        if (organizationId !== null) await this.repository.join(trx, userId, organizationId, roles, now);
        return { id: userId, plan: decided, settled: await settle(plain, userId, isNewMember) };
      }),
    );
    await this.recordChange(plan, id, identity, origin);
    const { email, firstName, lastName, profilePictureUrl } = identity;
    return { user: { id, email, firstName, lastName, profilePictureUrl }, settled };
  }

  /** Who the service knows by this id, also whom WorkOS has deleted since. */
  find(userId: string): Promise<{ readonly user: User; readonly deleted: boolean } | null> {
    return withStore(() => this.repository.find(userId));
  }

  /** Who somebody is inside an organization: there they may sign in by another account, and are known by that one. */
  async personIn(organizationId: string, user: User): Promise<User> {
    return (await withStore(() => this.repository.otherAccount(organizationId, user.id))) ?? user;
  }

  /** Whether somebody is a member of the organization and has come in before. */
  hasJoined(organizationId: string, userId: string): Promise<boolean> {
    return withStore(() => this.repository.hasJoined(organizationId, userId));
  }

  /** WorkOS's id of an active membership; `null` where there is none, or WorkOS has not told of it yet. */
  membershipId(organizationId: string, userId: string): Promise<string | null> {
    return withStore(() => this.repository.membershipId(organizationId, userId));
  }

  /** WorkOS's own user id where there is one; standalone SSO knows only profiles, so the user is ours. */
  private newId(identity: ExternalIdentity, now: Date): string {
    return identity.account.kind === 'user' ? identity.account.userId : this.random.id('user', now);
  }

  private async recordChange(
    plan: ProvisioningPlan,
    userId: string,
    identity: ExternalIdentity,
    origin: RequestOrigin | null,
  ): Promise<void> {
    const action =
      plan.kind === 'create'
        ? 'user.created'
        : plan.kind === 'update' && plan.changed
          ? 'user.updated'
          : null;
    if (action === null) return;
    const { organizationId, connectionId } = identity;
    await this.audit.record({ action, userId, organizationId, connectionId, reason: 'sign_in' }, origin);
  }
}
