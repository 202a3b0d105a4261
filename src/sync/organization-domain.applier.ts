import { Injectable } from '@nestjs/common';
import type { WorkosEvent, WorkosEventData } from '../identity/workos-event.js';
import { EventApplier } from '../mirror/event-applier.port.js';
import type { MirrorTransaction } from '../mirror/tombstones.js';
import { OrganizationMirrorRepository } from '../organizations/organization-mirror.repository.js';
import { Latecomers } from './latecomers.service.js';

/** Which company a domain belongs to. One that is lost routes nobody any more; whoever is signed in stays. */
@Injectable()
export class OrganizationDomainApplier extends EventApplier {
  readonly events = [
    'organization_domain.created',
    'organization_domain.updated',
    'organization_domain.verified',
    'organization_domain.verification_failed',
    'organization_domain.deleted',
  ] as const;

  constructor(
    private readonly mirror: OrganizationMirrorRepository,
    private readonly latecomers: Latecomers,
  ) {
    super();
  }

  async apply(trx: MirrorTransaction, event: WorkosEvent): Promise<void> {
    switch (event.event) {
      case 'organization_domain.created':
      case 'organization_domain.updated':
      case 'organization_domain.verified':
        await this.save(trx, event.data, event);
        return;
      case 'organization_domain.verification_failed':
        await this.save(trx, event.data.organization_domain, event, event.data.reason);
        return;
      case 'organization_domain.deleted':
        await this.mirror.removeDomain(trx, event.data.id, event.createdAt);
        // It may have been contested.
        await this.latecomers.lookAt(trx, event.data.domain);
    }
  }

  private async save(
    trx: MirrorTransaction,
    data: WorkosEventData<'organization_domain.updated'>,
    event: WorkosEvent,
    failure?: string,
  ): Promise<void> {
    const { id, organization_id: organizationId, domain, state, updated_at: updatedAt } = data;
    await this.mirror.applyDomain(trx, { id, organizationId, domain, state, updatedAt }, event, failure);
    // Also where it is no news: WorkOS's API may have told of it first.
    await this.latecomers.lookAt(trx, domain);
  }
}
