import type { Wire } from '../model.js';
import { times } from '../wire.js';
import type { ApiKey } from './api-key.model.js';

/** Without the value, which WorkOS shows once. `expires_at` is newer than WorkOS's published document. */
export function apiKeyWire(key: ApiKey): Wire {
  return {
    object: 'api_key',
    id: key.id,
    owner:
      key.userId === null
        ? { type: 'organization', id: key.organizationId }
        : { type: 'user', id: key.userId, organization_id: key.organizationId },
    name: key.name,
    obfuscated_value: `${key.value.slice(0, 3)}...${key.value.slice(-4)}`,
    last_used_at: key.lastUsedAt?.toISOString() ?? null,
    expires_at: key.expiresAt?.toISOString() ?? null,
    permissions: key.permissions,
    ...times(key),
  };
}

/** What the call that creates a key answers, and no other. */
export function createdApiKeyWire(key: ApiKey): Wire {
  return { ...apiKeyWire(key), value: key.value };
}
