import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { ProblemError } from '../common/problem-error.js';
import type { User } from '../identity/principal.js';
import { runOut, shortened, type SessionLimits } from './session-life.js';
import type { SessionRecord, Subject } from './session-record.js';
import { SessionRevoker } from './session-revoker.service.js';
import { SessionStore, type SessionChange } from './session-store.port.js';

/** Who somebody is and what they may do, as far as it may change while they are signed in. */
export interface GrantChange {
  readonly roles?: readonly string[];
  readonly permissions?: readonly string[];
  readonly user?: Omit<User, 'id'>;
}

/** Sessions at once: requests get connections to the store too. */
const LANES = 4;
/** Milliseconds for which the right to change a session with tokens is held, and waited for: longer than a renewal has it. */
const CLAIM = 5000;
const WAIT = 20_000;
const LOOK = 40;

type Decide = (record: SessionRecord) => SessionChange | null;

/**
 * Changes sessions while they live: who somebody is, what they may do, and for how long. It ends with every node knowing.
 *
 * A session with tokens is changed only by whoever has the claim on it. A renewal that is under way would otherwise find
 * the version gone and lose the pair that WorkOS has just given it, and with it the session.
 */
@Injectable()
export class SessionGrants {
  constructor(
    private readonly store: SessionStore,
    private readonly revoker: SessionRevoker,
    private readonly clock: Clock,
  ) {}

  /**
   * Gives the sessions of a subject other claims. Those of AuthKit are renewed by their next request besides: what WorkOS
   * says then counts. Repeating it changes nothing.
   *
   * A sign-in that read what was true before and stores its session behind this walk is not met: `SessionClaims.recheck`
   * is for those.
   * @param change what is to be different in a session, `null` for nothing; what is the same already does not count
   * @returns how many sessions were changed
   * @throws a transient problem where some could not be changed: all others were; repeat it
   */
  async update(subject: Subject, change: (record: SessionRecord) => GrantChange | null): Promise<number> {
    const count = await this.rewrite(subject, (record) => {
      const wanted = change(record);
      const next = wanted && differing(record, wanted);
      if (!next || !record.tokens) return next;
      return { ...next, tokens: runOut(record.tokens, this.clock.now()) };
    });
    // Whoever comes with a token or a key may have no session at all, and nodes remember what those may do.
    if (count === 0) await this.revoker.forget(subject);
    return count;
  }

  /**
   * Makes running sessions end as early as new ones would; those that are past it, end. It lengthens none.
   * @returns how many sessions were changed or ended
   * @throws as `update` does
   */
  limits(subject: Subject, limits: SessionLimits): Promise<number> {
    return this.rewrite(subject, (record) => shortened(record, limits));
  }

  private async rewrite(subject: Subject, decide: Decide): Promise<number> {
    let count = 0;
    const failures: unknown[] = [];
    for await (const batch of this.store.walk(subject)) {
      const queue = batch.values();
      const before = count;
      const lane = async () => {
        for (const record of queue) {
          try {
            if (await this.rewriteOne(record, decide)) count += 1;
          } catch (error) {
            failures.push(error);
          }
        }
      };
      await Promise.all(Array.from({ length: LANES }, lane));
      if (count > before) await this.revoker.forget(subject);
    }
    if (failures.length > 0) throw failures[0];
    return count;
  }

  private async rewriteOne(known: SessionRecord, decide: Decide): Promise<boolean> {
    const giveUp = performance.now() + WAIT;
    let record: SessionRecord | null = known;
    while (record && performance.now() < giveUp) {
      const change = decide(record);
      if (!change) return false;
      const now = this.clock.now();
      if (change.expiresAt && change.expiresAt <= now)
        return (await this.revoker.end(record.id, 'policy_changed', null)) !== null;
      const until = new Date(now.getTime() + CLAIM);
      const mayChange = !record.tokens || (await this.store.claim(record.id, record.version, until));
      if (mayChange && (await this.store.update(record.id, record.version, change))) return true;
      if (!mayChange) await pause(LOOK);
      record = await this.store.find(record.id);
    }
    if (!record) return false;
    throw new ProblemError('store_unavailable', { cause: new Error('a session changed without end') });
  }
}

/** The part of a change that is news to a session; `null` where nothing is. */
function differing(record: SessionRecord, { user, ...claims }: GrantChange): SessionChange | null {
  const wanted: SessionChange = { ...claims, ...(user && { user: { ...user, id: record.user.id } }) };
  const news = Object.entries(wanted).filter(
    ([name, value]) => !isDeepStrictEqual(value, record[name as keyof GrantChange]),
  );
  return news.length === 0 ? null : Object.fromEntries(news);
}
