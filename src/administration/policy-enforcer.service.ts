import { Injectable } from '@nestjs/common';
import type { RequestOrigin } from '../common/request-origin.js';
import type { OrganizationPolicy, PolicyChange } from '../organizations/organization-policy.js';
import type { StoredOrganization } from '../organizations/organizations.repository.js';
import { SessionGrants } from '../sessions/session-grants.service.js';
import { SessionRevoker } from '../sessions/session-revoker.service.js';
import { SessionStore } from '../sessions/session-store.port.js';
import { cameBySso } from './decide-policy-change.js';

/**
 * Makes running sessions obey what was just decided about sessions themselves. It goes by what a change names, not by what
 * differs from before: whoever repeats a change that failed half-way gets the rest done.
 */
@Injectable()
export class PolicyEnforcer {
  constructor(
    private readonly grants: SessionGrants,
    private readonly store: SessionStore,
    private readonly revoker: SessionRevoker,
  ) {}

  /** @param keptId the session of whoever made the change */
  async enforce(
    organization: StoredOrganization,
    change: PolicyChange,
    { idleTimeout, absoluteTimeout, ssoRequired }: OrganizationPolicy,
    keptId: string,
    origin: RequestOrigin,
  ): Promise<void> {
    const subject = { kind: 'organization', id: organization.id } as const;
    if (change.idleTimeout !== undefined || change.absoluteTimeout !== undefined)
      await this.grants.limits(subject, { idleTimeout, absoluteTimeout });
    if (change.ssoRequired === undefined || !ssoRequired) return;
    for await (const batch of this.store.walk(subject))
      for (const record of batch) {
        if (record.id === keptId || record.impersonator !== null) continue;
        if (!cameBySso(record, organization.connections))
          await this.revoker.end(record.id, 'policy_changed', origin);
      }
  }
}
