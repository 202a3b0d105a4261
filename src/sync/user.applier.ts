import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import type { WorkosEvent } from '../identity/workos-event.js';
import { EventApplier } from '../mirror/event-applier.port.js';
import type { MirrorTransaction } from '../mirror/tombstones.js';
import { versionOf } from '../mirror/version.js';
import { RevocationOutbox } from '../sessions/revocation-outbox.js';
import { UserMirrorRepository } from '../users/user-mirror.repository.js';

/** People as WorkOS has them: known before they sign in, and gone, with every session, when WorkOS deletes them. */
@Injectable()
export class UserApplier extends EventApplier {
  readonly events = ['user.created', 'user.updated', 'user.deleted'] as const;

  constructor(
    private readonly mirror: UserMirrorRepository,
    private readonly outbox: RevocationOutbox,
    private readonly clock: Clock,
  ) {
    super();
  }

  async apply(trx: MirrorTransaction, event: WorkosEvent): Promise<void> {
    switch (event.event) {
      case 'user.created':
      case 'user.updated':
        await this.mirror.saveUser(trx, event.data, versionOf({ updatedAt: event.data.updated_at, event }));
        return;
      case 'user.deleted': {
        const { data, createdAt } = event;
        const version = versionOf({ updatedAt: data.updated_at, event });
        await this.mirror.deleteUser(trx, data, version, createdAt);
        const subject = { kind: 'user', id: data.id } as const;
        await this.outbox.request(trx, [subject], 'user_deleted', this.clock.now());
      }
    }
  }
}
