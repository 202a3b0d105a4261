import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import type { WorkosEvent } from '../identity/workos-event.js';
import { EventApplier } from '../mirror/event-applier.port.js';
import type { MirrorTransaction } from '../mirror/tombstones.js';
import { CertificatesRepository } from '../organizations/certificates.repository.js';
import { OrganizationMirrorRepository } from '../organizations/organization-mirror.repository.js';
import { RevocationOutbox } from '../sessions/revocation-outbox.js';
import { unnamedConnectionOf } from '../sessions/session-record.js';
import type { EndReason } from '../sessions/session-revoker.service.js';

/** How the people of a company sign in. Whoever came through a connection that is switched off is signed out. */
@Injectable()
export class ConnectionApplier extends EventApplier {
  readonly events = ['connection.activated', 'connection.deactivated', 'connection.deleted'] as const;

  constructor(
    private readonly mirror: OrganizationMirrorRepository,
    private readonly certificates: CertificatesRepository,
    private readonly outbox: RevocationOutbox,
    private readonly clock: Clock,
  ) {
    super();
  }

  async apply(trx: MirrorTransaction, event: WorkosEvent): Promise<void> {
    switch (event.event) {
      case 'connection.activated':
      case 'connection.deactivated': {
        // The name of the event is the fact: the state beside it may be that of a moment before.
        const state = event.event === 'connection.activated' ? 'active' : 'inactive';
        const { id, organization_id: organizationId, name, connection_type: type } = event.data;
        const account = { id, name, type, state, updatedAt: event.data.updated_at };
        // A connection without an organization routes nobody, but somebody may have come through it.
        const isNews =
          typeof organizationId !== 'string' ||
          (await this.mirror.applyConnection(trx, { ...account, organizationId }, event));
        if (isNews && state === 'inactive')
          await this.end(trx, id, organizationId ?? null, 'connection_deactivated');
        return;
      }
      case 'connection.deleted': {
        const { id } = event.data;
        await this.certificates.remove(trx, id);
        if (await this.mirror.removeConnection(trx, id, event.createdAt))
          await this.end(trx, id, event.data.organization_id ?? null, 'connection_deleted');
      }
    }
  }

  /** Of whom it is not known through which connection they came, all come again: some of them came through this one. */
  private async end(
    trx: MirrorTransaction,
    id: string,
    organizationId: string | null,
    reason: EndReason,
  ): Promise<void> {
    const unnamed = organizationId === null ? [] : [unnamedConnectionOf(organizationId)];
    await this.outbox.request(trx, [{ kind: 'connection', id }, ...unnamed], reason, this.clock.now());
  }
}
