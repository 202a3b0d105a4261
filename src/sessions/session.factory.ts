import type { SessionRecord } from './session-record.js';

/** A session for tests: Ada's at Acme, for an hour from `now`, with what `changes` say. */
export function aSession(now: Date, changes: Partial<SessionRecord> = {}): SessionRecord {
  return {
    id: 'session_01HGATEH0VSE00000000000001',
    tokenHash: 'a'.repeat(43),
    user: {
      id: 'user_ada',
      email: 'ada@acme.com',
      firstName: 'Ada',
      lastName: 'Lovelace',
      profilePictureUrl: null,
    },
    organization: { id: 'org_acme', name: 'Acme' },
    connectionId: 'conn_acme',
    connectionType: 'OktaSAML',
    directoryId: null,
    method: 'sso',
    roles: ['admin'],
    permissions: ['invoices:read'],
    authenticatedAt: now,
    provenAt: null,
    lastSeenAt: now,
    expiresAt: new Date(now.getTime() + 3_600_000),
    idleTimeout: 3600,
    ip: '127.0.0.1',
    userAgent: null,
    impersonator: null,
    workosSessionId: null,
    profileId: null,
    tokens: null,
    version: 1,
    ...changes,
  };
}
