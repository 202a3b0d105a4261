import { randomBytes } from 'node:crypto';
import { newTimes, touch, type Records } from '../changes/records.js';
import { freshId } from '../ids.js';
import type { ApiKey } from './api-key.model.js';
import { apiKeyWire } from './api-key.wire.js';

export type NewApiKey = Pick<ApiKey, 'name' | 'organizationId' | 'userId' | 'permissions' | 'expiresAt'>;

export function createApiKey(records: Records, given: NewApiKey): ApiKey {
  const key: ApiKey = {
    id: freshId('api_key'),
    ...given,
    value: `sk_sandbox_${randomBytes(20).toString('hex')}`,
    isSeeded: false,
    lastUsedAt: null,
    ...newTimes(records),
  };
  records.state.apiKeys.push(key);
  tell(records, 'created', key);
  return key;
}

export function updateApiKey(
  records: Records,
  key: ApiKey,
  changed: Partial<Pick<ApiKey, 'name' | 'permissions' | 'expiresAt'>>,
): void {
  Object.assign(key, changed);
  touch(records, key);
  tell(records, 'updated', key);
}

export function revokeApiKey(records: Records, key: ApiKey): void {
  records.state.apiKeys = records.state.apiKeys.filter(({ id }) => id !== key.id);
  touch(records, key);
  tell(records, 'revoked', key);
}

/** The key of this value, marked as used; nothing where it has expired or its person has left the organization. */
export function useApiKey({ state, clock }: Records, value: string): ApiKey | null {
  const key = state.apiKeys.find((candidate) => candidate.value === value);
  if (!key || (key.expiresAt && clock.isPast(key.expiresAt))) return null;
  if (key.userId !== null && !state.membership(key.userId, key.organizationId)) return null;
  key.lastUsedAt = clock.now();
  return key;
}

function tell({ state }: Records, what: 'created' | 'updated' | 'revoked', key: ApiKey): void {
  state.record(`api_key.${what}`, apiKeyWire(key), key.organizationId);
}
