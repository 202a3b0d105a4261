import { Injectable } from '@nestjs/common';
import { DirectoryMirrorRepository } from '../directories/directory-mirror.repository.js';
import type { WorkosEvent } from '../identity/workos-event.js';
import { EventApplier } from '../mirror/event-applier.port.js';
import type { MirrorTransaction } from '../mirror/tombstones.js';
import { takeTurn } from '../mirror/turns.js';
import { versionOf } from '../mirror/version.js';
import { DirectoryAccess } from './directory-access.service.js';

/**
 * Directories as a whole. One that is deleted takes everything along that it held, and everybody's session who was in it;
 * from then on it says nothing of anybody, and they may sign in again.
 */
@Injectable()
export class DirectoryApplier extends EventApplier {
  readonly events = [
    'dsync.activated',
    'dsync.deactivated',
    'dsync.deleted',
    'organization.deleted',
  ] as const;

  constructor(
    private readonly mirror: DirectoryMirrorRepository,
    private readonly access: DirectoryAccess,
  ) {
    super();
  }

  async apply(trx: MirrorTransaction, event: WorkosEvent): Promise<void> {
    switch (event.event) {
      case 'dsync.activated':
      case 'dsync.deactivated': {
        const { id, organization_id: organizationId, updated_at: updatedAt } = event.data;
        const changed = await this.mirror.saveDirectory(trx, event.data, versionOf({ updatedAt, event }));
        if (!changed || event.event === 'dsync.activated' || !organizationId) return;
        await this.access.endDirectory(trx, id, organizationId);
        return;
      }
      case 'dsync.deleted': {
        const { id } = event.data;
        const deleted = await this.mirror.deleteDirectory(trx, event.data, event.createdAt);
        if (!deleted) return;
        const { organizationId } = deleted;
        if (organizationId !== null) await this.access.endDirectory(trx, id, organizationId);
        await this.mirror.clearDirectory(trx, id);
        return;
      }
      case 'organization.deleted':
        await takeTurn(trx, [event.data.id]);
        await this.mirror.deleteAllOf(trx, event.data.id);
    }
  }
}
