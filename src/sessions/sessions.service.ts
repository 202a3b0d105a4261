import { Injectable, Logger } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { AuditLog } from '../audit/audit-log.service.js';
import { Clock } from '../common/clock.js';
import { pageOf, type Page } from '../common/pagination.js';
import { Random } from '../common/random.js';
import type { RequestOrigin } from '../common/request-origin.js';
import { Config } from '../config/config.js';
import { KeyRing } from '../crypto/key-ring.js';
import { withStore } from '../database/database.js';
import type { ExternalIdentity, ExternalSession } from '../identity/identity-provider.port.js';
import type { Principal } from '../identity/principal.js';
import { isLive, isSeenStale } from './session-life.js';
import { SessionsRepository, type SessionRow, type SessionWithPeople } from './sessions.repository.js';

export interface NewSession {
  readonly userId: string;
  readonly identity: ExternalIdentity;
  /** The connection that the sign-in went through, also where WorkOS does not say. */
  readonly connectionId: string | null;
  readonly permissions: readonly string[];
  /** The session of this browser until now: it ends in the moment in which the new one begins. */
  readonly replaces: Principal | null;
}

export interface SessionSummary {
  readonly id: string;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly current: boolean;
}

export type EndReason =
  | 'signed_out'
  | 'revoked_by_user'
  | 'signed_in_again'
  | 'signed_in_elsewhere'
  | 'expired';

/** A token that the service gave: 256 bits, base64url. Nothing else is looked up. */
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** Sessions: opaque tokens outside, records here. Only the SHA-256 of a token is stored, so a copy of the table opens nothing. */
@Injectable()
export class SessionsService {
  private readonly logger = new Logger('Sessions');

  constructor(
    private readonly repository: SessionsRepository,
    private readonly keys: KeyRing,
    private readonly config: Config,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /** Makes a session with a new token. The token is returned once and kept nowhere. */
  async issue(
    { userId, identity, connectionId, permissions, replaces }: NewSession,
    origin: RequestOrigin,
  ): Promise<{ id: string; token: string }> {
    const now = this.clock.now();
    const id = this.random.id('session', now);
    const token = this.random.secret();
    const { idleTimeout, absoluteTimeout } = this.config.session;
    const { account, tokens } = identity;
    const refreshToken = tokens
      ? await this.keys.seal('refresh-token', JSON.stringify([id, tokens.refreshToken]))
      : null;
    await withStore(() =>
      this.repository.insert(
        {
          id,
          token_hash: hash(token),
          user_id: userId,
          organization_id: identity.organizationId,
          connection_id: connectionId,
          connection_type: identity.connectionType,
          method: identity.method,
          roles: [...identity.roles],
          permissions: [...permissions],
          authenticated_at: now,
          last_seen_at: now,
          expires_at: new Date(now.getTime() + absoluteTimeout * 1000),
          idle_timeout: idleTimeout,
          ip: origin.ip,
          user_agent: origin.userAgent,
          impersonator: identity.impersonator,
          workos_session_id: tokens?.sessionId ?? null,
          profile_id: account.kind === 'profile' ? account.profileId : null,
          access_token_expires_at: tokens?.accessTokenExpiresAt ?? null,
          refresh_token: refreshToken,
        },
        replaces?.session.id ?? null,
      ),
    );
    if (replaces) await this.recordEnd(endedBy(replaces), 'signed_in_again', origin);
    return { id, token };
  }

  /**
   * Who a token belongs to, or `null` for one that is unknown, idle for too long or past its end.
   * @throws `store_unavailable` where that cannot be said
   */
  async authenticate(token: string): Promise<Principal | null> {
    if (!TOKEN.test(token)) return null;
    const row = await withStore(() => this.repository.findByTokenHash(hash(token)));
    if (!row) return null;
    const now = this.clock.now();
    const times = { lastSeenAt: row.last_seen_at, expiresAt: row.expires_at, idleTimeout: row.idle_timeout };
    if (!isLive(times, now)) {
      await this.end(row.id, 'expired', null);
      return null;
    }
    if (isSeenStale(times, now)) this.touch(row.id, now);
    return toPrincipal(row);
  }

  async list(principal: Principal, limit: number, cursor: string | undefined): Promise<Page<SessionSummary>> {
    const rows = await withStore(() =>
      this.repository.listOfUser(principal.user.id, this.clock.now(), limit + 1, cursor),
    );
    const summaries = rows.map((row) => ({
      id: row.id,
      createdAt: row.authenticated_at,
      lastSeenAt: row.last_seen_at,
      ip: row.ip,
      userAgent: row.user_agent,
      current: row.id === principal.session.id,
    }));
    return pageOf(summaries, limit);
  }

  /** Ends a session. What it says of its origin is returned, so that it can be ended there too; `null` if it was gone. */
  async end(id: string, reason: EndReason, origin: RequestOrigin | null): Promise<ExternalSession | null> {
    const row = await withStore(() => this.repository.delete(id));
    if (!row) return null;
    await this.recordEnd(row, reason, origin);
    return {
      sessionId: row.workos_session_id,
      profileId: row.profile_id,
      connectionType: row.connection_type,
    };
  }

  /** Ends one session of this user. False where the user has none of that id. */
  async endOwn(id: string, userId: string, origin: RequestOrigin): Promise<boolean> {
    const row = await withStore(() => this.repository.deleteOfUser(id, userId));
    if (row) await this.recordEnd(row, 'revoked_by_user', origin);
    return row !== null;
  }

  /** Ends all sessions of the principal's user but the one in use. */
  async endOthers({ user, organization, session }: Principal, origin: RequestOrigin): Promise<void> {
    const count = await withStore(() => this.repository.deleteOthersOfUser(user.id, session.id));
    await this.audit.record(
      {
        action: 'sessions.ended',
        reason: 'revoked_by_user',
        userId: user.id,
        organizationId: organization?.id ?? null,
        sessionId: session.id,
        details: { count },
      },
      origin,
    );
  }

  private touch(id: string, now: Date): void {
    // Not awaited: a request never waits for it, and a write that is lost shortens a session by a minute at most.
    this.repository
      .touch(id, now)
      .catch((error: unknown) => this.logger.warn({ err: error }, 'last seen was not written'));
  }

  private async recordEnd(row: EndedSession, reason: EndReason, origin: RequestOrigin | null): Promise<void> {
    const { id, user_id: userId, organization_id: organizationId, connection_id: connectionId } = row;
    await this.audit.record(
      { action: 'session.ended', reason, userId, organizationId, connectionId, sessionId: id },
      origin,
    );
  }
}

type EndedSession = Pick<SessionRow, 'id' | 'user_id' | 'organization_id' | 'connection_id'>;

function endedBy({ session, user, organization }: Principal): EndedSession {
  return {
    id: session.id,
    user_id: user.id,
    organization_id: organization?.id ?? null,
    connection_id: session.connectionId,
  };
}

function hash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function toPrincipal(row: SessionWithPeople): Principal {
  const { organization_id: organizationId, organization_name: name } = row;
  return {
    kind: 'user',
    user: {
      id: row.user_id,
      email: row.email,
      firstName: row.first_name,
      lastName: row.last_name,
      profilePictureUrl: row.profile_picture_url,
    },
    organization: organizationId === null ? null : { id: organizationId, name: name ?? '' },
    roles: row.roles,
    permissions: row.permissions,
    session: {
      id: row.id,
      authenticatedAt: row.authenticated_at,
      expiresAt: row.expires_at,
      method: row.method,
      connectionId: row.connection_id,
      impersonator: row.impersonator,
    },
  };
}
