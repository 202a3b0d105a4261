import { Injectable } from '@nestjs/common';
import type { WorkosEvent } from '../identity/workos-event.js';
import { EventApplier } from '../mirror/event-applier.port.js';
import type { MirrorTransaction } from '../mirror/tombstones.js';
import { RolesRepository } from '../organizations/roles.repository.js';
import { ClaimsOutbox } from './claims-outbox.js';

/** What roles allow. Whoever is signed in follows within seconds. */
@Injectable()
export class RoleApplier extends EventApplier {
  readonly events = [
    'role.created',
    'role.updated',
    'role.deleted',
    'organization_role.created',
    'organization_role.updated',
    'organization_role.deleted',
    'permission.deleted',
  ] as const;

  constructor(
    private readonly roles: RolesRepository,
    private readonly claims: ClaimsOutbox,
  ) {
    super();
  }

  async apply(trx: MirrorTransaction, event: WorkosEvent): Promise<void> {
    switch (event.event) {
      case 'role.created':
      case 'role.updated':
      case 'role.deleted':
        return this.save(trx, event, null);
      case 'organization_role.created':
      case 'organization_role.updated':
      case 'organization_role.deleted':
        return this.save(trx, event, event.data.organization_id);
      case 'permission.deleted':
        if (await this.roles.removePermission(trx, event.data.slug, event.createdAt))
          await this.claims.requestPermissions(trx, null);
    }
  }

  private async save(
    trx: MirrorTransaction,
    event: Extract<WorkosEvent, { event: `${'role' | 'organization_role'}.${string}` }>,
    organizationId: string | null,
  ): Promise<void> {
    const { slug, permissions = null, updated_at: updatedAt } = event.data;
    const deleted = event.event.endsWith('.deleted');
    const account = { organizationId, slug, permissions, updatedAt, deleted };
    if (await this.roles.apply(trx, account, event))
      await this.claims.requestPermissions(trx, organizationId);
  }
}
