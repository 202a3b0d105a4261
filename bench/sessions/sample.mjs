import { randomBytes, randomUUID } from 'node:crypto';
import { tokenHashOf } from '../../dist/src/sessions/session-issuer.js';

/**
 * The record of an ordinary AuthKit session: names, a role, a dozen permissions, a browser, an encrypted refresh token.
 * @param {Partial<import('../../src/sessions/session-record.ts').SessionRecord>} changes
 */
export function sampleRecord(changes = {}) {
  const now = new Date();
  return {
    id: `session_${randomUUID()}`,
    tokenHash: 'x'.repeat(43),
    user: {
      id: `user_${randomUUID()}`,
      email: 'ada.lovelace@acme.com',
      firstName: 'Ada',
      lastName: 'Lovelace',
      profilePictureUrl: 'https://images.example.com/people/ada-lovelace.png',
    },
    organization: { id: 'org_01HGATEH0VSEACME0000000001', name: 'Acme' },
    connectionId: 'conn_01HGATEH0VSEACME0000000001',
    connectionType: 'OktaSAML',
    directoryId: null,
    method: 'sso',
    roles: ['admin'],
    permissions: ['invoices', 'members', 'reports'].flatMap((of) =>
      ['read', 'write', 'manage', 'export'].map((what) => `${of}:${what}`),
    ),
    authenticatedAt: now,
    lastSeenAt: now,
    expiresAt: new Date(now.getTime() + 86_400_000),
    idleTimeout: 3600,
    ip: '203.0.113.7',
    userAgent:
      'Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
    impersonator: null,
    workosSessionId: `session_${randomUUID()}`,
    profileId: null,
    // The text stands for a JWE of the length that the service's key ring makes; nothing opens it here.
    tokens: {
      obtainedAt: now.getTime(),
      accessTokenExpiresAt: now.getTime() + 86_400_000,
      refreshToken: randomBytes(190).toString('base64url'),
    },
    version: 1,
    ...changes,
  };
}

/** The token of the session at a place: one of these needs no list of them. */
export function sampleToken(at) {
  return String(at).padStart(43, '0');
}

/** Puts a session into the service's own store. */
export async function insertSession(store, changes = {}, token = randomBytes(32).toString('base64url')) {
  const record = sampleRecord({ tokenHash: tokenHashOf(token), ...changes });
  if (!(await store.insert(record, null, new Date()))) throw new Error('The store refused a session.');
  return { token, record };
}
