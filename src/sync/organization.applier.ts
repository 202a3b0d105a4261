import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import type { WorkosEvent } from '../identity/workos-event.js';
import { EventApplier } from '../mirror/event-applier.port.js';
import type { MirrorTransaction } from '../mirror/tombstones.js';
import { OrganizationMirrorRepository } from '../organizations/organization-mirror.repository.js';
import { RevocationOutbox } from '../sessions/revocation-outbox.js';
import { Latecomers } from './latecomers.service.js';

/** Companies. One that is deleted takes its domains, its connections and every session with it. */
@Injectable()
export class OrganizationApplier extends EventApplier {
  readonly events = ['organization.created', 'organization.updated', 'organization.deleted'] as const;

  constructor(
    private readonly mirror: OrganizationMirrorRepository,
    private readonly latecomers: Latecomers,
    private readonly outbox: RevocationOutbox,
    private readonly clock: Clock,
  ) {
    super();
  }

  async apply(trx: MirrorTransaction, event: WorkosEvent): Promise<void> {
    switch (event.event) {
      case 'organization.created':
      case 'organization.updated': {
        const { id, name, updated_at: updatedAt, domains } = event.data;
        await this.mirror.applyOrganization(trx, { id, name, updatedAt }, event, this.clock.now());
        // In one order, so that two of them never wait for each other.
        const sorted = domains.toSorted((a, b) => (a.domain < b.domain ? -1 : 1));
        for (const { id: domainId, domain, state, updated_at: changedAt } of sorted) {
          const account = { id: domainId, organizationId: id, domain, state, updatedAt: changedAt };
          if (await this.mirror.applyDomain(trx, account, undefined))
            await this.latecomers.lookAt(trx, domain);
        }
        return;
      }
      case 'organization.deleted': {
        const { id, name, updated_at: updatedAt } = event.data;
        const account = { id, name, updatedAt };
        const { connectionIds, domains } = await this.mirror.removeOrganization(trx, account, event);
        const subjects = [
          { kind: 'organization', id } as const,
          ...connectionIds.map((connectionId) => ({ kind: 'connection', id: connectionId }) as const),
        ];
        await this.outbox.request(trx, subjects, 'organization_deleted', this.clock.now());
        // They may have been contested.
        for (const domain of domains) await this.latecomers.lookAt(trx, domain);
      }
    }
  }
}
