import { sql, type Expression, type ExpressionBuilder, type Selectable, type SqlBool } from 'kysely';
import {
  dateOrNull,
  partsOfMember,
  readTokens,
  writeTokens,
  type SessionRecord,
  type Subject,
  type WrittenTokens,
} from '../session-record.js';

/** What no query looks for. */
export type SessionData = Omit<
  SessionRecord,
  | 'id'
  | 'tokenHash'
  | 'connectionId'
  | 'directoryId'
  | 'lastSeenAt'
  | 'expiresAt'
  | 'idleTimeout'
  | 'version'
  | 'tokens'
> & { readonly tokens: WrittenTokens | null };

export interface SessionTable {
  id: string;
  token_hash: string;
  user_id: string;
  organization_id: string | null;
  connection_id: string | null;
  directory_id: string | null;
  last_seen_at: Date;
  expires_at: Date;
  idle_timeout: number;
  version: number;
  claimed_until: Date | null;
  data: SessionData;
}

export type SessionTables = {
  sessions: SessionTable;
  session_revocations: {
    kind: Subject['kind'];
    subject_id: string;
    revoked_at: Date;
    /** The session that the last revocation left. */
    spared: string | null;
    /** When a revocation last meant that session too. */
    hit_at: Date | null;
  };
};

/** The columns through which the sessions of a subject are found. Each of them has an index. */
export function ownedBy(
  { kind, id }: Subject,
  eb: ExpressionBuilder<SessionTables, 'sessions'>,
): Expression<SqlBool> {
  switch (kind) {
    case 'user':
      return eb('user_id', '=', id);
    case 'organization':
      return eb('organization_id', '=', id);
    case 'member': {
      const { organizationId, userId } = partsOfMember(id);
      return eb.and({ organization_id: organizationId, user_id: userId });
    }
    case 'connection':
      return eb('connection_id', '=', id);
    case 'unnamed_connection':
      return eb.and([
        eb('organization_id', '=', id),
        eb('connection_id', 'is', null),
        eb(sql<string>`data ->> 'method'`, '=', 'sso'),
      ]);
    case 'directory':
      return eb('directory_id', '=', id);
    case 'workos_session':
      return eb(sql<string>`data ->> 'workosSessionId'`, '=', id);
    case 'api_key':
      return eb.lit(false);
  }
}

export function toRow(record: SessionRecord): SessionTable {
  const { id, tokenHash, connectionId, directoryId, lastSeenAt, expiresAt, idleTimeout, version, ...data } =
    record;
  return {
    id,
    token_hash: tokenHash,
    user_id: record.user.id,
    organization_id: record.organization?.id ?? null,
    connection_id: connectionId,
    directory_id: directoryId,
    last_seen_at: lastSeenAt,
    expires_at: expiresAt,
    idle_timeout: idleTimeout,
    version,
    claimed_until: null,
    data: { ...data, tokens: writeTokens(data.tokens) },
  };
}

export function toRecord(row: Selectable<SessionTable>): SessionRecord {
  const { data } = row;
  return {
    ...data,
    authenticatedAt: new Date(data.authenticatedAt),
    provenAt: dateOrNull(data.provenAt),
    tokens: readTokens(data.tokens),
    id: row.id,
    tokenHash: row.token_hash,
    connectionId: row.connection_id,
    directoryId: row.directory_id,
    lastSeenAt: row.last_seen_at,
    expiresAt: row.expires_at,
    idleTimeout: row.idle_timeout,
    version: row.version,
  };
}
