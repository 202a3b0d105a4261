import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { DirectoriesService } from '../directories/directories.service.js';
import { DirectoryRecordsRepository } from '../directories/directory-records.repository.js';
import type { KnownPerson } from '../directories/link-people.js';
import type { MirrorTransaction } from '../mirror/tombstones.js';
import { OrganizationFactsRepository } from '../organizations/organization-facts.repository.js';
import { RevocationOutbox } from '../sessions/revocation-outbox.js';
import { memberOf } from '../sessions/session-record.js';
import type { EndReason } from '../sessions/session-revoker.service.js';
import { PeopleRepository } from '../users/people.repository.js';
import { ClaimsOutbox } from './claims-outbox.js';
import { DirectoryPeople } from './directory-people.service.js';

/** Takes people's access to one organization away, or changes what they may do there, in the transaction that says so. */
@Injectable()
export class DirectoryAccess {
  constructor(
    private readonly records: DirectoryRecordsRepository,
    private readonly facts: OrganizationFactsRepository,
    private readonly people: PeopleRepository,
    private readonly directory: DirectoryPeople,
    private readonly directories: DirectoriesService,
    private readonly outbox: RevocationOutbox,
    private readonly claims: ClaimsOutbox,
    private readonly clock: Clock,
  ) {}

  async end(
    trx: MirrorTransaction,
    organizationId: string,
    userIds: readonly string[],
    reason: EndReason,
  ): Promise<void> {
    const members = userIds.map((userId) => memberOf(organizationId, userId));
    await this.outbox.request(trx, members, reason, this.clock.now());
  }

  /**
   * Everybody who depends on a directory, the fast way first: one step for all sessions that name it. To be called while its
   * records are there.
   */
  async endDirectory(trx: MirrorTransaction, directoryId: string, organizationId: string): Promise<void> {
    const userIds = await this.directory.of(trx, directoryId, organizationId);
    const subject = { kind: 'directory', id: directoryId } as const;
    await this.outbox.request(trx, [subject], 'directory_deleted', this.clock.now());
    await this.people.loseDirectory(trx, organizationId, userIds, this.clock.now());
    await this.end(trx, organizationId, userIds, 'directory_deleted');
  }

  /**
   * It has just been found out that directory records, or other accounts, are this person's: what directories say of them is
   * true of the sessions that they have.
   */
  async follow(
    trx: MirrorTransaction,
    person: KnownPerson,
    verifiedDomains: ReadonlySet<string>,
  ): Promise<void> {
    const { organizationId, userId } = person;
    const { standing } = await this.directories.standingIn(trx, person, verifiedDomains);
    if (standing === 'deactivated')
      await this.end(trx, organizationId, [userId], 'directory_user_deactivated');
    else await this.regroup(trx, organizationId, [userId]);
  }

  /**
   * The groups of these people are others now: whoever is in none that the organization requires is out, and the roles of
   * the rest follow.
   */
  async regroup(trx: MirrorTransaction, organizationId: string, userIds: readonly string[]): Promise<void> {
    if (userIds.length === 0) return;
    const { requiredGroups, groupRoles } = await this.facts.policy(trx, organizationId);
    await this.endOutside(trx, organizationId, userIds, requiredGroups, 'group_removed');
    if (Object.keys(groupRoles).length > 0) await this.claims.requestMembers(trx, organizationId, userIds);
  }

  /**
   * The organization has changed its mind on groups: as above, for everybody in it but whoever changed it. To be called
   * where it is stored.
   */
  async applyPolicy(trx: MirrorTransaction, organizationId: string, changedBy: string): Promise<void> {
    const { requiredGroups } = await this.facts.policy(trx, organizationId);
    for await (const members of this.people.members(trx, organizationId)) {
      const others = members.filter(({ userId, sameAs }) => sameAs === null && userId !== changedBy);
      await this.endOutside(trx, organizationId, idsOf(others), requiredGroups, 'policy_changed');
      await this.claims.requestMembers(trx, organizationId, idsOf(members));
    }
  }

  private async endOutside(
    trx: MirrorTransaction,
    organizationId: string,
    userIds: readonly string[],
    groups: readonly string[],
    reason: EndReason,
  ): Promise<void> {
    if (groups.length === 0) return;
    const outside = await this.records.outside(trx, organizationId, userIds, groups);
    await this.end(trx, organizationId, outside, reason);
  }
}

function idsOf(members: readonly { readonly userId: string }[]): string[] {
  return members.map(({ userId }) => userId);
}
