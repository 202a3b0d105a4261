import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import {
  AccessTokens,
  type MachineToken,
  type UserToken,
  type VerifiedToken,
} from '../../identity/access-tokens.port.js';
import { PeopleSource } from '../../identity/people-source.port.js';
import type { Principal, UserPrincipal } from '../../identity/principal.js';
import { OrganizationsService } from '../../organizations/organizations.service.js';
import { memberOf, unnamedConnectionOf, type Subject } from '../../sessions/session-record.js';
import { MARK_LIFETIME, SessionStore } from '../../sessions/session-store.port.js';
import type { Verdict } from './credential-cache.js';
import { TokenUsers } from './token-users.service.js';

/** Milliseconds after which a token that is good is looked at again, though nobody said that anything changed. */
const RECHECK = 60_000;

/** What an access token is worth now: verified, not revoked since it was made, and of somebody who may still come in. */
@Injectable()
export class AccessTokenJudge {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly users: TokenUsers,
    private readonly people: PeopleSource,
    private readonly organizations: OrganizationsService,
    private readonly store: SessionStore,
    private readonly clock: Clock,
  ) {}

  /** @throws `upstream_unavailable` or `store_unavailable` where it cannot be said */
  async judge(value: string): Promise<Verdict> {
    const token = await this.tokens.verify(value);
    if (!token) return { principal: null, subjects: [], until: 0 };
    const now = this.clock.milliseconds();
    const until = Math.min(now + RECHECK, token.expiresAt.getTime());
    const own = subjectsOf(token);
    const watched = [...own, ...reconsideredBy(token)];
    if (await this.isRevoked(token, own, now)) return { principal: null, subjects: watched, until: 0 };
    const principal = await this.principalOf(token);
    const beside = personBeside(token, principal);
    const subjects = [...watched, ...beside];
    // Who is known by another account may have been put out under that name, before the two were known to be one.
    return (await this.isMarked(token, beside))
      ? { principal: null, subjects, until: 0 }
      : { principal, subjects, until: principal ? until : 0 };
  }

  /** Revocations are remembered for a while: what is older than that memory is not believed. */
  private async isRevoked(token: VerifiedToken, subjects: readonly Subject[], now: number): Promise<boolean> {
    if (now - token.issuedAt.getTime() >= MARK_LIFETIME) return true;
    if (await this.isMarked(token, subjects)) return true;
    if (token.kind === 'machine') return false;
    // One session never begins anew, whenever its token was made.
    return (await this.store.isRevoked([sessionOf(token)], new Date(0))) || this.cameThroughWhatEnded(token);
  }

  /** Whether one of them was revoked since the token's sign-in, and the token's own session not spared. */
  private async isMarked(token: VerifiedToken, subjects: readonly Subject[]): Promise<boolean> {
    if (subjects.length === 0) return false;
    return this.store.isRevoked(
      subjects,
      begunAt(token),
      token.kind === 'user' ? token.sessionId : undefined,
    );
  }

  /** WorkOS is asked how they came only where a connection of their organization has ended since. */
  private async cameThroughWhatEnded(token: UserToken): Promise<boolean> {
    const { organizationId, userId, sessionId } = token;
    if (organizationId === null) return false;
    if (!(await this.store.isRevoked([unnamedConnectionOf(organizationId)], begunAt(token)))) return false;
    const method = await this.people.methodOf(userId, sessionId);
    return method === null || method === 'sso';
  }

  private principalOf(token: VerifiedToken): Promise<Principal | null> {
    return token.kind === 'user' ? this.userOf(token) : this.machineOf(token);
  }

  private async userOf(token: UserToken): Promise<UserPrincipal | null> {
    const person = await this.users.find(token);
    if (!person) return null;
    const { impersonatorEmail } = token;
    return {
      kind: 'user',
      credential: 'accessToken',
      ...person,
      session: {
        id: token.sessionId,
        authenticatedAt: token.authenticatedAt ?? token.issuedAt,
        // What somebody proved who acts as the person is none of the person's.
        provenAt: impersonatorEmail === null ? token.authenticatedAt : null,
        expiresAt: token.expiresAt,
        method: 'access_token',
        connectionId: null,
        impersonator: impersonatorEmail === null ? null : { email: impersonatorEmail, reason: null },
      },
    };
  }

  private async machineOf(token: MachineToken): Promise<Principal | null> {
    const { clientId, organizationId, permissions, expiresAt } = token;
    const organization = organizationId === null ? null : await this.organizations.find(organizationId);
    if (organizationId !== null && !organization) return null;
    return {
      kind: 'machine',
      machine: { clientId, expiresAt },
      organization: organization && { id: organization.id, name: organization.name },
      roles: [],
      permissions,
    };
  }
}

/** A refresh makes a new token of an old sign-in: a revocation in between ends that one too. */
function begunAt(token: VerifiedToken): Date {
  const signedInAt = token.kind === 'user' ? token.authenticatedAt : null;
  return signedInAt !== null && signedInAt < token.issuedAt ? signedInAt : token.issuedAt;
}

function sessionOf({ sessionId }: UserToken): Subject {
  return { kind: 'workos_session', id: sessionId };
}

/** The person by the account that they sign in to the organization by, where the token names another one. */
function personBeside(token: VerifiedToken, principal: Principal | null): Subject[] {
  if (token.kind !== 'user' || principal?.kind !== 'user' || principal.user.id === token.userId) return [];
  const { user, organization } = principal;
  return [{ kind: 'user', id: user.id }, ...(organization ? [memberOf(organization.id, user.id)] : [])];
}

/** Everybody whose revocation ends the token. */
function subjectsOf(token: VerifiedToken): Subject[] {
  const { organizationId } = token;
  const organization = organizationId === null ? [] : [{ kind: 'organization' as const, id: organizationId }];
  if (token.kind === 'machine') return organization;
  return [
    ...organization,
    { kind: 'user', id: token.userId },
    sessionOf(token),
    ...(organizationId === null ? [] : [memberOf(organizationId, token.userId)]),
  ];
}

/** Whose revocation may end the token, and must be thought about. */
function reconsideredBy(token: VerifiedToken): Subject[] {
  return token.kind === 'machine' || token.organizationId === null
    ? []
    : [unnamedConnectionOf(token.organizationId)];
}
