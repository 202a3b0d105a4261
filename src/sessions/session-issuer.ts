import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { Random } from '../common/random.js';
import type { RequestOrigin } from '../common/request-origin.js';
import { Config } from '../config/config.js';
import type { ExternalIdentity } from '../identity/identity-provider.port.js';
import type { Organization, User } from '../identity/principal.js';
import { RefreshTokens } from './refresh-tokens.js';
import type { SessionLimits } from './session-life.js';
import type { SessionRecord } from './session-record.js';

export interface NewSession {
  readonly user: User;
  readonly organization: Organization | null;
  readonly identity: ExternalIdentity;
  /** The connection that the sign-in went through, also where WorkOS does not say. */
  readonly connectionId: string | null;
  /** The directory that lets the person in, and whose end is theirs. */
  readonly directoryId: string | null;
  readonly permissions: readonly string[];
  /** The identity provider was told to ask for the person's own proof. */
  readonly reauthenticated: boolean;
  /** The organization's own limits; the service's count where they are shorter. */
  readonly limits: SessionLimits | null;
}

export function tokenHashOf(token: string): string {
  return hash('sha256', token, 'base64url');
}

/** Makes records of sessions and the tokens to them. It stores nothing. */
@Injectable()
export class SessionIssuer {
  constructor(
    private readonly config: Config,
    private readonly refreshTokens: RefreshTokens,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /** 256 random bits. */
  newToken(): string {
    return this.random.secret();
  }

  async prepare(
    wanted: NewSession,
    origin: RequestOrigin,
  ): Promise<{ record: SessionRecord; token: string }> {
    const { user, organization, identity, connectionId, directoryId, permissions, limits, reauthenticated } =
      wanted;
    const now = this.clock.now();
    const id = this.random.id('session', now);
    const token = this.newToken();
    const { idleTimeout, absoluteTimeout } = this.config.session;
    const record: SessionRecord = {
      id,
      tokenHash: tokenHashOf(token),
      user,
      organization,
      connectionId,
      connectionType: identity.connectionType,
      directoryId,
      method: identity.method,
      roles: identity.roles,
      permissions,
      authenticatedAt: now,
      provenAt: reauthenticated ? (identity.authenticatedAt ?? now) : null,
      lastSeenAt: now,
      expiresAt: new Date(
        now.getTime() + Math.min(absoluteTimeout, limits?.absoluteTimeout ?? absoluteTimeout) * 1000,
      ),
      idleTimeout: Math.min(idleTimeout, limits?.idleTimeout ?? idleTimeout),
      ip: origin.ip,
      userAgent: origin.userAgent,
      impersonator: identity.impersonator,
      workosSessionId: identity.tokens?.sessionId ?? null,
      profileId: identity.account.kind === 'profile' ? identity.account.profileId : null,
      tokens: identity.tokens && (await this.refreshTokens.seal(id, identity.tokens, now)),
      version: 1,
    };
    return { record, token };
  }
}
