import type { SubjectKind } from '../bus/invalidation-bus.port.js';
import type { Impersonator, Organization, User, UserPrincipal } from '../identity/principal.js';

/** A session as it is stored. Everything that a request needs to know stands in it: no second look-up. */
export interface SessionRecord {
  readonly id: string;
  /** SHA-256 of the token, base64url: 43 characters. The token itself is kept nowhere. */
  readonly tokenHash: string;
  readonly user: User;
  readonly organization: Organization | null;
  readonly connectionId: string | null;
  readonly connectionType: string | null;
  readonly directoryId: string | null;
  readonly method: string;
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
  readonly authenticatedAt: Date;
  /** When the identity provider is known to have asked for the person's own proof. */
  readonly provenAt: Date | null;
  readonly lastSeenAt: Date;
  /** The absolute end. */
  readonly expiresAt: Date;
  /** Seconds. */
  readonly idleTimeout: number;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly impersonator: Impersonator | null;
  /** WorkOS's session, to end it there. */
  readonly workosSessionId: string | null;
  /** Standalone SSO: the profile, to end its session at the identity provider. */
  readonly profileId: string | null;
  /** AuthKit: what keeps the session's claims fresh. */
  readonly tokens: StoredTokens | null;
  /** Grows by one with every change; a change names the version that it was made from. */
  readonly version: number;
}

/** Times in milliseconds: a `Date` takes 96 bytes, and a node keeps these of every session. */
export interface StoredTokens {
  /** When the pair came from WorkOS. */
  readonly obtainedAt: number;
  readonly accessTokenExpiresAt: number;
  /** Encrypted; only the holder of the key ring can use it. */
  readonly refreshToken: string;
}

/** Whose sessions end together. */
export interface Subject {
  readonly kind: SubjectKind;
  readonly id: string;
}

/** One person inside one organization: their sessions elsewhere are not meant. */
export function memberOf(organizationId: string, userId: string): Subject {
  return { kind: 'member', id: `${organizationId}:${userId}` };
}

/** The two halves of a member's id; an organization's id holds no colon. */
export function partsOfMember(id: string): { organizationId: string; userId: string } {
  const colon = id.indexOf(':');
  return { organizationId: id.slice(0, colon), userId: id.slice(colon + 1) };
}

/** Who came to an organization through one of its connections, and WorkOS did not say through which (AuthKit). */
export function unnamedConnectionOf(organizationId: string): Subject {
  return { kind: 'unnamed_connection', id: organizationId };
}

/** Everything that may be revoked and would take this session along. */
export function subjectsOf(record: SessionRecord): Subject[] {
  const { user, organization, connectionId, directoryId, workosSessionId } = record;
  return [
    { kind: 'user', id: user.id },
    ...(organization
      ? [{ kind: 'organization', id: organization.id } as const, memberOf(organization.id, user.id)]
      : []),
    ...(connectionId === null ? [] : [{ kind: 'connection', id: connectionId } as const]),
    ...(organization && cameUnnamed(record) ? [unnamedConnectionOf(organization.id)] : []),
    ...(directoryId === null ? [] : [{ kind: 'directory', id: directoryId } as const]),
    ...(workosSessionId === null ? [] : [{ kind: 'workos_session', id: workosSessionId } as const]),
  ];
}

export function isOf(record: SessionRecord, { kind, id }: Subject): boolean {
  switch (kind) {
    case 'user':
      return record.user.id === id;
    case 'organization':
      return record.organization?.id === id;
    case 'member':
      return record.organization !== null && memberOf(record.organization.id, record.user.id).id === id;
    case 'connection':
      return record.connectionId === id;
    case 'unnamed_connection':
      return record.organization?.id === id && cameUnnamed(record);
    case 'directory':
      return record.directoryId === id;
    case 'workos_session':
      return record.workosSessionId === id;
    case 'api_key':
      return false;
  }
}

function cameUnnamed({ connectionId, method }: SessionRecord): boolean {
  return connectionId === null && method === 'sso';
}

/** The part of a record that a request sees. */
export function principalOf(record: SessionRecord): UserPrincipal {
  const {
    user,
    organization,
    roles,
    permissions,
    id,
    authenticatedAt,
    provenAt,
    expiresAt,
    method,
    connectionId,
    impersonator,
  } = record;
  return {
    kind: 'user',
    credential: 'session',
    user,
    organization,
    roles,
    permissions,
    session: { id, authenticatedAt, provenAt, expiresAt, method, connectionId, impersonator },
  };
}

const DATES = ['authenticatedAt', 'lastSeenAt', 'expiresAt'] as const;

/** Tokens as JSON keeps them: times as text, like all others of a record. */
export type WrittenTokens = Record<keyof StoredTokens, string>;

export function writeTokens(tokens: StoredTokens | null): WrittenTokens | null {
  return (
    tokens && {
      obtainedAt: new Date(tokens.obtainedAt).toISOString(),
      accessTokenExpiresAt: new Date(tokens.accessTokenExpiresAt).toISOString(),
      refreshToken: tokens.refreshToken,
    }
  );
}

export function readTokens(written: WrittenTokens | null): StoredTokens | null {
  return (
    written && {
      obtainedAt: Date.parse(written.obtainedAt),
      accessTokenExpiresAt: Date.parse(written.accessTokenExpiresAt),
      refreshToken: written.refreshToken,
    }
  );
}

/** JSON for a store that keeps a record as one text. */
export function serializeRecord(record: SessionRecord): string {
  return JSON.stringify({ ...record, tokens: writeTokens(record.tokens) });
}

/** @throws where the text is not a record: a store never holds anything else */
export function parseRecord(text: string): SessionRecord {
  const raw = JSON.parse(text) as Record<string, unknown> & { tokens: WrittenTokens | null };
  const dates = Object.fromEntries(DATES.map((name) => [name, new Date(String(raw[name]))]));
  const others = { provenAt: dateOrNull(raw['provenAt']), tokens: readTokens(raw.tokens) };
  return { ...raw, ...dates, ...others } as unknown as SessionRecord;
}

/** Of a record that may be older than the member: then nothing is known. */
export function dateOrNull(value: unknown): Date | null {
  return typeof value === 'string' ? new Date(value) : null;
}
