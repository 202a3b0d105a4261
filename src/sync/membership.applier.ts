import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import type { WorkosEvent } from '../identity/workos-event.js';
import { EventApplier } from '../mirror/event-applier.port.js';
import type { MirrorTransaction } from '../mirror/tombstones.js';
import { takeTurn, takeTurnBelow } from '../mirror/turns.js';
import { versionOf } from '../mirror/version.js';
import { RevocationOutbox } from '../sessions/revocation-outbox.js';
import { memberOf } from '../sessions/session-record.js';
import { PeopleRepository } from '../users/people.repository.js';
import { UserMirrorRepository } from '../users/user-mirror.repository.js';
import { ClaimsOutbox } from './claims-outbox.js';
import { PeopleLinker } from './people-linker.service.js';

/** Who belongs to which organization, and with which roles. Whoever no longer does loses their sessions there, only there. */
@Injectable()
export class MembershipApplier extends EventApplier {
  readonly events = [
    'organization_membership.created',
    'organization_membership.updated',
    'organization_membership.deleted',
    'organization.deleted',
  ] as const;

  constructor(
    private readonly mirror: UserMirrorRepository,
    private readonly people: PeopleRepository,
    private readonly linker: PeopleLinker,
    private readonly claims: ClaimsOutbox,
    private readonly outbox: RevocationOutbox,
    private readonly clock: Clock,
  ) {
    super();
  }

  async apply(trx: MirrorTransaction, event: WorkosEvent): Promise<void> {
    switch (event.event) {
      case 'organization_membership.created':
      case 'organization_membership.updated': {
        const { organization_id: organizationId, user_id: userId, status } = event.data;
        const version = versionOf({ updatedAt: event.data.updated_at, event });
        await takeTurnBelow(trx, [userId, organizationId]);
        await this.people.takeTurnOf(trx, organizationId, userId);
        const saved = await this.mirror.saveMembership(trx, event.data, version);
        if (saved === 'nothing') return;
        const found = await this.linker.linkPerson(trx, organizationId, userId);
        const accounts = [...new Set([userId, found?.person.userId ?? userId])];
        if (status === 'inactive') await this.end(trx, organizationId, accounts);
        else if (saved === 'changed') await this.claims.requestMembers(trx, organizationId, accounts);
        return;
      }
      case 'organization_membership.deleted': {
        const { organization_id: organizationId, user_id: userId } = event.data;
        // The last moment at which another account of theirs can be found.
        await this.linker.linkPerson(trx, organizationId, userId);
        const accounts = await this.mirror.deleteMembership(trx, event.data, event.createdAt);
        await this.end(trx, organizationId, accounts);
        return;
      }
      case 'organization.deleted':
        await takeTurn(trx, [event.data.id]);
        await this.mirror.deleteMembershipsOf(trx, event.data.id);
    }
  }

  private async end(
    trx: MirrorTransaction,
    organizationId: string,
    userIds: readonly string[],
  ): Promise<void> {
    const members = userIds.map((userId) => memberOf(organizationId, userId));
    await this.outbox.request(trx, members, 'membership_ended', this.clock.now());
  }
}
