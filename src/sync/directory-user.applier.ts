import { Injectable } from '@nestjs/common';
import {
  addressOf,
  DirectoryMirrorRepository,
  type DirectoryUserAccount,
} from '../directories/directory-mirror.repository.js';
import type { WorkosEvent } from '../identity/workos-event.js';
import { EventApplier } from '../mirror/event-applier.port.js';
import type { MirrorTransaction } from '../mirror/tombstones.js';
import { takeTurn, takeTurnBelow } from '../mirror/turns.js';
import { versionOf } from '../mirror/version.js';
import { takePersonTurn } from '../users/person-turn.js';
import { DirectoryAccess } from './directory-access.service.js';
import { PeopleLinker } from './people-linker.service.js';

/**
 * The people of directories. Whoever is suspended or deleted there loses their sessions in that organization at once, also
 * where they are active in another directory of it: then they may sign in again.
 */
@Injectable()
export class DirectoryUserApplier extends EventApplier {
  readonly events = ['dsync.user.created', 'dsync.user.updated', 'dsync.user.deleted'] as const;

  constructor(
    private readonly mirror: DirectoryMirrorRepository,
    private readonly linker: PeopleLinker,
    private readonly access: DirectoryAccess,
  ) {
    super();
  }

  async apply(trx: MirrorTransaction, event: WorkosEvent): Promise<void> {
    switch (event.event) {
      case 'dsync.user.created':
      case 'dsync.user.updated':
      case 'dsync.user.deleted': {
        const { data, createdAt } = event;
        const version = versionOf({ updatedAt: data.updated_at, event });
        await this.takeTurns(trx, data, event.event === 'dsync.user.deleted');
        const record =
          event.event === 'dsync.user.deleted'
            ? await this.mirror.deleteUser(trx, data, version, createdAt)
            : await this.mirror.saveUser(trx, data, version);
        if (!record) return;
        const meant = await this.linker.linkRecord(trx, record);
        const { organizationId } = record;
        if (record.active) await this.access.regroup(trx, organizationId, meant);
        else await this.access.end(trx, organizationId, meant, 'directory_user_deactivated');
      }
    }
  }

  private async takeTurns(
    trx: MirrorTransaction,
    user: DirectoryUserAccount,
    isDeletion: boolean,
  ): Promise<void> {
    const { id, directory_id: directoryId, organization_id: organizationId, idp_id: idpId } = user;
    await takeTurnBelow(trx, [directoryId, organizationId]);
    if (isDeletion) await takeTurn(trx, [id]);
    await takePersonTurn(trx, organizationId, { idpIds: [idpId], emails: [addressOf(user)] });
  }
}
