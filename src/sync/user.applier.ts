import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import type { WorkosEvent } from '../identity/workos-event.js';
import { EventApplier } from '../mirror/event-applier.port.js';
import type { MirrorTransaction } from '../mirror/tombstones.js';
import { takeTurn } from '../mirror/turns.js';
import { versionOf } from '../mirror/version.js';
import { RevocationOutbox } from '../sessions/revocation-outbox.js';
import { memberOf } from '../sessions/session-record.js';
import { takeAccountTurn } from '../users/account-turn.js';
import { UserMirrorRepository, type UserAccount } from '../users/user-mirror.repository.js';
import { ClaimsOutbox } from './claims-outbox.js';
import { PeopleLinker } from './people-linker.service.js';

/** People as WorkOS has them: known before they sign in, and gone, with every session, when WorkOS deletes them. */
@Injectable()
export class UserApplier extends EventApplier {
  readonly events = ['user.created', 'user.updated', 'user.deleted'] as const;

  constructor(
    private readonly mirror: UserMirrorRepository,
    private readonly linker: PeopleLinker,
    private readonly claims: ClaimsOutbox,
    private readonly outbox: RevocationOutbox,
    private readonly clock: Clock,
  ) {
    super();
  }

  async apply(trx: MirrorTransaction, event: WorkosEvent): Promise<void> {
    switch (event.event) {
      case 'user.created':
      case 'user.updated':
        return this.save(trx, event.data, versionOf({ updatedAt: event.data.updated_at, event }));
      case 'user.deleted': {
        const { data, createdAt } = event;
        const version = versionOf({ updatedAt: data.updated_at, event });
        await takeAccountTurn(trx, { kind: 'user', userId: data.id });
        // Before the turns at what they have in common with others, as events of their memberships have it.
        await takeTurn(trx, [data.id]);
        // The last moment at which another account of theirs can be found.
        await this.link(trx, data.id);
        const along = await this.mirror.deleteUser(trx, data, version, createdAt);
        const members = along.map(({ organizationId, userId }) => memberOf(organizationId, userId));
        const subjects = [{ kind: 'user', id: data.id } as const, ...members];
        await this.outbox.request(trx, subjects, 'user_deleted', this.clock.now());
      }
    }
  }

  private async save(trx: MirrorTransaction, user: UserAccount, version: string): Promise<void> {
    const saved = await this.mirror.saveUser(trx, user, version);
    if (saved === 'nothing') return;
    // Somebody who is heard of for the first time has no session.
    if (saved === 'changed') await this.claims.requestUser(trx, user.id);
    // Another address may be one that a directory knows.
    await this.link(trx, user.id);
  }

  private async link(trx: MirrorTransaction, userId: string): Promise<void> {
    for (const organizationId of await this.mirror.organizationsOf(trx, userId))
      await this.linker.linkPerson(trx, organizationId, userId);
  }
}
