import { stableId } from '../ids.js';
import type { Organization, User } from '../model.js';
import type { ReadSeed } from '../seed.js';
import type { ApiKey } from './api-key.model.js';

export function seededApiKeys(
  seed: ReadSeed,
  organizations: readonly Organization[],
  users: readonly User[],
  times: { createdAt: Date; updatedAt: Date },
): ApiKey[] {
  return seed.organizations.flatMap((entry, index) => {
    const organizationId = organizations[index]?.id;
    if (organizationId === undefined) return [];
    return entry.api_keys.map(({ name, value, permissions, owner }): ApiKey => ({
      id: stableId('api_key', value),
      name,
      organizationId,
      userId: users.find(({ email }) => email === owner)?.id ?? null,
      value,
      isSeeded: true,
      permissions,
      expiresAt: null,
      lastUsedAt: null,
      ...times,
    }));
  });
}
