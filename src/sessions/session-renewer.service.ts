import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { isTransient, ProblemError } from '../common/problem-error.js';
import { IdentityProvider, type ExternalIdentity } from '../identity/identity-provider.port.js';
import { RefreshTokens } from './refresh-tokens.js';
import { SessionCache } from './session-cache.js';
import { SessionClaims } from './session-claims.js';
import type { SessionRecord } from './session-record.js';
import { SessionRevoker } from './session-revoker.service.js';
import { SessionStore, type SessionChange } from './session-store.port.js';

/** Milliseconds for which one node may hold the right to renew: longer than WorkOS may take to answer or to fail. */
const CLAIM = 15_000;
/** Milliseconds for which other nodes wait for its result, and between two looks. */
const WAIT = 12_000;
const LOOK = 40;
/** Milliseconds between attempts to store a pair that WorkOS has given; the old one is good for 30 seconds there. */
const PERSIST_PAUSES = [50, 200, 500, 1000, 2000, 4000, 8000];

type Turn =
  | { readonly kind: 'ours'; readonly record: SessionRecord }
  | { readonly kind: 'newer'; readonly record: SessionRecord }
  | { readonly kind: 'gone' };

/**
 * Keeps the claims of AuthKit sessions fresh. One exchange for a session at a time, on all nodes: within a node by sharing
 * the promise, across nodes by a claim in the store, whose version is the fence. The new pair is stored before anybody
 * uses it. An answer that was lost is asked for again with the same token: WorkOS repeats it for 30 seconds
 * (WorkOS, "Session resilience").
 */
@Injectable()
export class SessionRenewer {
  private readonly logger = new Logger('Sessions');
  private readonly running = new Map<string, Promise<SessionRecord | null>>();

  constructor(
    private readonly store: SessionStore,
    private readonly cache: SessionCache,
    private readonly revoker: SessionRevoker,
    private readonly provider: IdentityProvider,
    private readonly refreshTokens: RefreshTokens,
    private readonly claims: SessionClaims,
    private readonly clock: Clock,
  ) {}

  /**
   * The session with fresh tokens; `null` where it is over.
   * @throws a transient problem where that cannot be said now: the session stays as it is
   */
  renew(record: SessionRecord): Promise<SessionRecord | null> {
    const running = this.running.get(record.id);
    if (running) return running;
    const renewal = this.renewOnce(record).finally(() => this.running.delete(record.id));
    this.running.set(record.id, renewal);
    renewal.catch((error: unknown) =>
      this.logger.warn({ err: error, sessionId: record.id }, 'a session was not renewed'),
    );
    return renewal;
  }

  /**
   * Renews for another organization, under a new token (a change of privilege).
   * @param change what the new record holds beside the claims of WorkOS's answer. Where it throws, the session ends: its
   *   tokens are those of the other organization already
   * @throws `not_a_member` where WorkOS refuses; the session stays as it is
   */
  async switchTo(
    known: SessionRecord,
    organizationId: string,
    change: (identity: ExternalIdentity) => Promise<SessionChange>,
  ): Promise<SessionRecord> {
    const giveUp = performance.now() + WAIT;
    let turn = await this.takeTurn(known);
    // Somebody changed it meanwhile; their record is where the switch starts from. Many may want to at once.
    while (turn.kind === 'newer' && performance.now() < giveUp) turn = await this.takeTurn(turn.record);
    if (turn.kind === 'gone') throw new ProblemError('unauthenticated');
    if (turn.kind === 'newer') throw new ProblemError('upstream_unavailable', { retryAfter: 1 });
    const { record } = turn;
    const result = await this.exchange(record, organizationId);
    if (result.kind === 'refused') {
      await this.store.release(record.id, record.version);
      throw new ProblemError('not_a_member');
    }
    if (result.identity.organizationId !== organizationId) {
      await this.endChanged(record);
      throw new ProblemError('unauthenticated');
    }
    const { identity } = result;
    const wanted = await change(identity).catch(async (error: unknown) => {
      await this.revoker.end(record.id, 'deprovisioned', null, { reason: 'refused_elsewhere' });
      throw error;
    });
    const renewed = await this.persist(record, { ...(await this.claimsOf(record, identity)), ...wanted });
    if (!renewed) throw new ProblemError('unauthenticated');
    await this.revoker.forget({ kind: 'session', tokenHash: record.tokenHash });
    return renewed;
  }

  private async renewOnce(known: SessionRecord): Promise<SessionRecord | null> {
    const turn = await this.takeTurn(known);
    if (turn.kind !== 'ours') {
      this.cache.forget(known.tokenHash);
      return turn.kind === 'newer' ? turn.record : null;
    }
    const { record } = turn;
    const result = await this.exchange(record);
    if (result.kind === 'refused') {
      await this.revoker.end(record.id, 'refused_by_workos', null, { reason: result.reason });
      return null;
    }
    if (result.identity.organizationId !== (record.organization?.id ?? null)) {
      await this.endChanged(record);
      return null;
    }
    const renewed = await this.persist(record, await this.claimsOf(record, result.identity));
    if (!renewed) return this.store.find(record.id);
    // Nobody keeps what was renewed before a revocation that came in meanwhile: the next request asks the store.
    await this.revoker.forget({ kind: 'session', tokenHash: renewed.tokenHash });
    return renewed;
  }

  /** Claims for another organization are roles that this session was not opened for. */
  private async endChanged(record: SessionRecord): Promise<void> {
    await this.revoker.end(record.id, 'refused_by_workos', null, { reason: 'organization_changed' });
  }

  /** Waits for the right to renew, or for the result of whoever has it. */
  private async takeTurn(known: SessionRecord): Promise<Turn> {
    const giveUp = performance.now() + WAIT;
    while (performance.now() < giveUp) {
      const until = new Date(this.clock.now().getTime() + CLAIM);
      if (await this.store.claim(known.id, known.version, until)) return { kind: 'ours', record: known };
      const record = await this.store.find(known.id);
      if (!record) return { kind: 'gone' };
      if (record.version !== known.version) return { kind: 'newer', record };
      await pause(LOOK);
    }
    throw new ProblemError('upstream_unavailable', {
      cause: new Error('another node has the claim and says nothing'),
    });
  }

  private async exchange(record: SessionRecord, organizationId?: string) {
    const refreshToken = record.tokens && (await this.refreshTokens.unseal(record.id, record.tokens));
    if (refreshToken === null) return { kind: 'refused', reason: 'key_of_refresh_token_is_gone' } as const;
    try {
      return await this.provider.renew(refreshToken, organizationId);
    } catch (error) {
      // Whoever tries next need not wait for the claim to run out.
      await this.store.release(record.id, record.version).catch(() => undefined);
      throw error;
    }
  }

  private async claimsOf(record: SessionRecord, identity: ExternalIdentity): Promise<SessionChange> {
    const { email, firstName, lastName, profilePictureUrl, tokens } = identity;
    return {
      user: { id: record.user.id, email, firstName, lastName, profilePictureUrl },
      ...(await this.claims.of(record, identity)),
      tokens: tokens && (await this.refreshTokens.seal(record.id, tokens, this.clock.now())),
      workosSessionId: tokens?.sessionId ?? record.workosSessionId,
    };
  }

  /** The old token is spent: a store that is away for a moment must not cost the session. */
  private async persist(record: SessionRecord, change: SessionChange): Promise<SessionRecord | null> {
    for (const milliseconds of PERSIST_PAUSES) {
      try {
        return await this.store.update(record.id, record.version, change);
      } catch (error) {
        if (!isTransient(error)) throw error;
        await pause(milliseconds);
      }
    }
    return this.store.update(record.id, record.version, change);
  }
}
