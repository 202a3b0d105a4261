import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { within } from '../common/deadline.js';
import { pageOf, type Page } from '../common/pagination.js';
import { isTransient, ProblemError } from '../common/problem-error.js';
import type { RequestOrigin } from '../common/request-origin.js';
import type { UserPrincipal } from '../identity/principal.js';
import { LastSeenWriter } from './last-seen.writer.js';
import { cachedOf, SessionCache, type CachedSession } from './session-cache.js';
import { SessionClaims } from './session-claims.js';
import { SessionIssuer, tokenHashOf, type NewSession } from './session-issuer.js';
import { isLive, lastSeenStep, nextRenewal, tokenState } from './session-life.js';
import { principalOf, type SessionRecord } from './session-record.js';
import { SessionRenewer } from './session-renewer.service.js';
import { SessionRevoker } from './session-revoker.service.js';
import type { SessionSummary } from './session-summary.schemas.js';
import { SessionStore } from './session-store.port.js';
import { SharedValues } from './shared-values.js';

/** A token that the service gave: 256 bits, base64url. Nothing else is looked up. */
const TOKEN = /^[A-Za-z0-9_-]{43}$/;
/** Milliseconds for which a request waits for WorkOS when its access token has run out. */
const RENEWAL_PATIENCE = 3000;

/**
 * Sessions: opaque tokens outside, records in the store, copies in the node's memory. A request whose session is in memory
 * is answered without waiting for anything.
 */
@Injectable()
export class SessionsService {
  private readonly shared = new SharedValues();
  /** How many checks what has answered. */
  readonly checks = { memory: 0, store: 0 };

  constructor(
    private readonly store: SessionStore,
    private readonly cache: SessionCache,
    private readonly issuer: SessionIssuer,
    private readonly claims: SessionClaims,
    private readonly revoker: SessionRevoker,
    private readonly renewer: SessionRenewer,
    private readonly lastSeen: LastSeenWriter,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes a session with a new token, in the place of the one that this browser had. The token is returned once and kept
   * nowhere.
   * @param startedAt when the sign-in began
   * @throws `session_revoked` where the person's sessions were ended while this sign-in was under way
   */
  async issue(
    wanted: NewSession,
    replaces: UserPrincipal | null,
    startedAt: Date,
    origin: RequestOrigin,
  ): Promise<{ id: string; token: string }> {
    const { record, token } = await this.issuer.prepare(wanted, origin);
    const replaced = replaces && (await this.store.find(replaces.session.id));
    if (!(await this.store.insert(record, replaced?.id ?? null, startedAt)))
      throw new ProblemError('session_revoked');
    try {
      await this.claims.recheck(record, startedAt);
    } catch (error) {
      await this.store.delete(record.id);
      throw error;
    }
    if (replaced) await this.revoker.ended(replaced, 'signed_in_again', origin);
    return { id: record.id, token };
  }

  /** Who a token belongs to, where memory knows it. `undefined`: `authenticate` must be asked. Waits for nothing. */
  recognize(token: string): UserPrincipal | undefined {
    const now = this.clock.milliseconds();
    const entry = this.cache.recognize(token, now);
    if (entry === undefined) return undefined;
    if (now >= entry.renewAt || !isLive(entry.record, entry.seenAt, now)) return undefined;
    this.see(entry, now);
    this.checks.memory += 1;
    return entry.principal;
  }

  /**
   * Who a token belongs to, or `null` for one that is unknown, idle for too long or past its end.
   * @throws `store_unavailable` where that cannot be said; `upstream_unavailable` where WorkOS could not renew the session
   *   for longer than the period of grace. Neither ends it.
   */
  async authenticate(token: string): Promise<UserPrincipal | null> {
    if (!TOKEN.test(token)) return null;
    const now = this.clock.now().getTime();
    const entry = await this.find(token, now);
    if (!entry) return null;
    this.cache.remember(token, entry);
    if (!isLive(entry.record, entry.seenAt, now)) {
      await this.revoker.end(entry.record.id, 'expired', null);
      return null;
    }
    this.see(entry, now);
    return now < entry.renewAt ? entry.principal : this.renewed(entry, now);
  }

  /**
   * Whether a session goes on. It is no request of the session: a connection that only listens keeps none awake.
   * @throws `store_unavailable` where that cannot be said
   */
  async holds(token: string): Promise<boolean> {
    if (!TOKEN.test(token)) return false;
    const now = this.clock.milliseconds();
    const known = this.cache.recognize(token, now);
    if (known && isLive(known.record, known.seenAt, now)) return true;
    const entry = await this.find(token, now);
    return entry !== null && isLive(entry.record, entry.seenAt, now);
  }

  /** The user's own sessions, newest first. */
  async list(
    { user, session }: UserPrincipal,
    limit: number,
    cursor: string | undefined,
  ): Promise<Page<SessionSummary>> {
    return this.listWhere(() => true, user.id, session.id, limit, cursor);
  }

  /** A person's sessions in one organization, newest first. A page may be short of what they have elsewhere. */
  async listOfMember(
    organizationId: string,
    userId: string,
    currentId: string,
    limit: number,
    cursor: string | undefined,
  ): Promise<Page<SessionSummary>> {
    const here = (record: SessionRecord) => record.organization?.id === organizationId;
    return this.listWhere(here, userId, currentId, limit, cursor);
  }

  private async listWhere(
    shown: (record: SessionRecord) => boolean,
    userId: string,
    currentId: string,
    limit: number,
    cursor: string | undefined,
  ): Promise<Page<SessionSummary>> {
    await this.lastSeen.flush();
    const now = this.clock.now().getTime();
    const page = pageOf(await this.store.listOfUser(userId, limit + 1, cursor), limit);
    const live = page.data.filter(
      (record) => shown(record) && isLive(record, record.lastSeenAt.getTime(), now),
    );
    return { data: live.map((record) => summaryOf(record, currentId)), nextCursor: page.nextCursor };
  }

  private async find(token: string, now: number): Promise<CachedSession | null> {
    const tokenHash = tokenHashOf(token);
    const known = this.cache.peek(tokenHash, now);
    // What looks idle here may have been seen by another node: the store decides.
    if (known === null || (known && isLive(known.record, known.seenAt, now))) {
      this.checks.memory += 1;
      return known;
    }
    this.checks.store += 1;
    return this.load(tokenHash, now);
  }

  private load(tokenHash: string, now: number): Promise<CachedSession | null> {
    return this.cache.load(tokenHash, now, async () => {
      const record = await this.store.findByTokenHash(tokenHash);
      return record && cachedOf(this.shared.share(record), this.clock.now().getTime());
    });
  }

  /** The tokens want to be renewed: behind the request while they are good, before it when they are not. */
  private async renewed(entry: CachedSession, now: number): Promise<UserPrincipal | null> {
    const state = tokenState(entry.record.tokens, now);
    entry.renewAt = nextRenewal(entry.record.tokens, now);
    const renewal = this.renewer.renew(entry.record);
    // The renewer logs a failure itself.
    renewal.catch(() => undefined);
    if (state === 'fresh') return entry.principal;
    try {
      const record = await within(RENEWAL_PATIENCE, renewal);
      return record && principalOf(record);
    } catch (error) {
      if (state === 'expired' && isTransient(error)) return entry.principal;
      throw error;
    }
  }

  private see(entry: CachedSession, now: number): void {
    entry.seenAt = now;
    const step = lastSeenStep(entry.record);
    if (now - entry.writtenAt < step) return;
    entry.writtenAt = now;
    this.lastSeen.note(entry.record.id, new Date(now), step < 5000);
  }
}

function summaryOf(record: SessionRecord, currentId: string): SessionSummary {
  const { id, authenticatedAt: createdAt, lastSeenAt, ip, userAgent } = record;
  return { id, createdAt, lastSeenAt, ip, userAgent, current: id === currentId };
}
