import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { DirectoryRecordsRepository } from '../directories/directory-records.repository.js';
import type { MirrorTransaction } from '../mirror/tombstones.js';
import { OrganizationFactsRepository } from '../organizations/organization-facts.repository.js';
import { RevocationOutbox } from '../sessions/revocation-outbox.js';
import { memberOf } from '../sessions/session-record.js';
import type { EndReason } from '../sessions/session-revoker.service.js';

/** Ends people's sessions in one organization, in the transaction that takes their access away. */
@Injectable()
export class AccessEnder {
  constructor(
    private readonly records: DirectoryRecordsRepository,
    private readonly facts: OrganizationFactsRepository,
    private readonly outbox: RevocationOutbox,
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

  /** Everybody who signed in by a directory, the fast way first: one step for all sessions that name it. */
  async endDirectory(
    trx: MirrorTransaction,
    directoryId: string,
    organizationId: string,
    userIds: readonly string[],
  ): Promise<void> {
    const subject = { kind: 'directory', id: directoryId } as const;
    await this.outbox.request(trx, [subject], 'directory_deleted', this.clock.now());
    await this.end(trx, organizationId, userIds, 'directory_deleted');
  }

  /** Those of these people who are in none of the groups that the organization requires, where it requires any. */
  async endExcluded(
    trx: MirrorTransaction,
    organizationId: string,
    userIds: readonly string[],
    reason: EndReason = 'group_removed',
  ): Promise<void> {
    if (userIds.length === 0) return;
    const { requiredGroups } = await this.facts.policy(trx, organizationId);
    if (requiredGroups.length === 0) return;
    const excluded = await this.records.outside(trx, organizationId, userIds, requiredGroups);
    await this.end(trx, organizationId, excluded, reason);
  }
}
