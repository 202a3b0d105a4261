import { Injectable } from '@nestjs/common';
import { DirectoryGroupsRepository } from '../directories/directory-groups.repository.js';
import { DirectoryRecordsRepository } from '../directories/directory-records.repository.js';
import type { WorkosEvent } from '../identity/workos-event.js';
import { EventApplier } from '../mirror/event-applier.port.js';
import type { MirrorTransaction } from '../mirror/tombstones.js';
import { versionOf } from '../mirror/version.js';
import { DirectoryAccess } from './directory-access.service.js';

/** Groups of directories and who is in them. Where a group gates access, whoever leaves it loses their sessions at once. */
@Injectable()
export class DirectoryGroupApplier extends EventApplier {
  readonly events = [
    'dsync.group.created',
    'dsync.group.updated',
    'dsync.group.deleted',
    'dsync.group.user_added',
    'dsync.group.user_removed',
  ] as const;

  constructor(
    private readonly groups: DirectoryGroupsRepository,
    private readonly records: DirectoryRecordsRepository,
    private readonly access: DirectoryAccess,
  ) {
    super();
  }

  async apply(trx: MirrorTransaction, event: WorkosEvent): Promise<void> {
    switch (event.event) {
      case 'dsync.group.created':
      case 'dsync.group.updated': {
        const { id, organization_id: organizationId, updated_at: updatedAt } = event.data;
        if (!(await this.groups.save(trx, event.data, versionOf({ updatedAt, event })))) return;
        // A gate may know the group by the name that it had.
        const members = await this.records.linkedMembers(trx, organizationId, id);
        await this.access.regroup(trx, organizationId, members);
        return;
      }
      case 'dsync.group.deleted': {
        const { id, organization_id: organizationId } = event.data;
        const members = await this.records.linkedMembers(trx, organizationId, id);
        await this.groups.delete(trx, event.data, event.createdAt);
        await this.access.regroup(trx, organizationId, members);
        return;
      }
      case 'dsync.group.user_added':
      case 'dsync.group.user_removed': {
        const { group, user } = event.data;
        const present = event.event === 'dsync.group.user_added';
        const version = versionOf({ updatedAt: event.createdAt, event });
        const changed = await this.groups.saveMember(trx, event.data, present, version);
        if (!changed) return;
        const members = await this.records.linkedMembers(trx, group.organization_id, group.id, user.id);
        await this.access.regroup(trx, group.organization_id, members);
      }
    }
  }
}
