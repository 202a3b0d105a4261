import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { ApiKeys, type ValidApiKey } from '../../identity/api-keys.port.js';
import type { StoredOrganization } from '../../organizations/organizations.repository.js';
import { OrganizationsService } from '../../organizations/organizations.service.js';
import { memberOf, type Subject } from '../../sessions/session-record.js';
import { MemberAccess } from '../../sync/member-access.service.js';
import { MemberRoles } from '../../sync/member-roles.service.js';
import type { Verdict } from './credential-cache.js';
import { unlessRefused } from './unless-refused.js';

/**
 * Milliseconds for which WorkOS's word on a key is used: how long a key may outlive its end where the event of it is lost.
 * `api_key.revoked` ends it at once.
 */
export const API_KEY_WINDOW = 30_000;
/** Milliseconds for which a key that WorkOS does not know is refused without asking. */
const UNKNOWN_KEY_WINDOW = 10_000;

/** What an API key is worth now. A person's key can do no more than the person. */
@Injectable()
export class ApiKeyJudge {
  constructor(
    private readonly keys: ApiKeys,
    private readonly organizations: OrganizationsService,
    private readonly members: MemberAccess,
    private readonly roles: MemberRoles,
    private readonly clock: Clock,
  ) {}

  /** @throws `upstream_unavailable` or `store_unavailable` where it cannot be said */
  async judge(value: string): Promise<Verdict> {
    const key = await this.keys.validate(value);
    const now = this.clock.milliseconds();
    const refused = {
      principal: null,
      subjects: key ? subjectsOf(key) : [],
      until: now + UNKNOWN_KEY_WINDOW,
    };
    if (!key) return refused;
    const organization = await this.organizations.find(key.organizationId);
    if (!organization) return refused;
    const permissions = await unlessRefused(this.permissionsOf(key, organization));
    if (!permissions) return refused;
    const { id, name, userId } = key;
    return {
      principal: {
        kind: 'apiKey',
        apiKey: { id, name, userId },
        organization: { id: organization.id, name: organization.name },
        roles: [],
        permissions,
      },
      subjects: refused.subjects,
      until: now + API_KEY_WINDOW,
    };
  }

  private async permissionsOf(
    { userId, permissions }: ValidApiKey,
    organization: StoredOrganization,
  ): Promise<readonly string[] | null> {
    if (userId === null) return permissions;
    if (!(await this.members.admitHolder(organization, userId))) return null;
    const grants = await this.roles.currentGrantsOf(organization.id, userId);
    return grants && permissions.filter((name) => grants.permissions.includes(name));
  }
}

function subjectsOf({ id, organizationId, userId }: ValidApiKey): Subject[] {
  return [
    { kind: 'api_key', id },
    { kind: 'organization', id: organizationId },
    ...(userId === null ? [] : [{ kind: 'user' as const, id: userId }, memberOf(organizationId, userId)]),
  ];
}
