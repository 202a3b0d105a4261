import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { sql, type Transaction } from 'kysely';
import type { SubjectKind } from '../bus/invalidation-bus.port.js';
import { endsWithin } from '../common/deadline.js';
import { isTransient } from '../common/problem-error.js';
import { Database, withStore } from '../database/database.js';
import { SessionRevoker, type EndReason } from './session-revoker.service.js';
import { ownersBehind, takeOf, type WaitingRevocation } from './revocation-turns.js';
import type { Subject } from './session-record.js';

/** Milliseconds between two looks for what a node that died has left. */
const EVERY = 1000;
/** Rows a step, so that other nodes share a long list, and revocations at once, so that requests get connections too. */
const BATCH = 40;
const LANES = 4;
/** Owners a step: each gets an equal share of it. */
const OWNERS = 10;
/** Milliseconds that the end of the process waits: what is left then is another node's, or the next process's. */
const PATIENCE = 10_000;

type Request = { readonly ids: string[]; readonly subject: Subject; readonly reason: EndReason };

/**
 * Revocations that stand or fall with the record that causes them. The request is a row of the caller's own transaction;
 * once that is committed, the sessions end, whatever happens to this process: every node looks for open requests once a
 * second. Sessions need not be in the database for this.
 *
 * A request is carried out at least once, by one node at a time. It counts from when it is carried out, not from when it
 * was made: a sign-in that came in between may have read what was true before.
 */
@Injectable()
export class RevocationOutbox implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Sessions');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | null = null;
  private wanted = false;
  private stopping = false;

  constructor(
    private readonly database: Database,
    private readonly revoker: SessionRevoker,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.drain(), EVERY);
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    if (this.running && !(await endsWithin(PATIENCE, this.running))) this.stopping = true;
  }

  /** Asks, inside the caller's transaction, for the end of all sessions of these subjects. Call `drain` once it is committed. */
  async request<Tables>(
    trx: Transaction<Tables>,
    subjects: readonly Subject[],
    reason: EndReason,
    at: Date,
  ): Promise<void> {
    if (subjects.length === 0) return;
    const [kinds, ids] = [subjects.map(({ kind }) => kind), subjects.map(({ id }) => id)];
    await sql`
      insert into revocation_outbox (kind, subject_id, reason, requested_at)
      select kind, id, ${reason}, ${at} from unnest(${kinds}::text[], ${ids}::text[]) as subject (kind, id)
    `.execute(trx);
  }

  /**
   * Carries out what was asked for up to now; what another node is busy with is left to that node. Never throws: what
   * could not be done stays, and is tried again within a second.
   */
  drain(): Promise<void> {
    this.wanted = true;
    // One at a time: each holds a connection while it waits for others from the same pool.
    this.running ??= this.drainWhileWanted();
    return this.running;
  }

  private async drainWhileWanted(): Promise<void> {
    try {
      while (this.wanted) {
        this.wanted = false;
        const reached = new Map<string, string>();
        while (await this.goRound(reached));
      }
    } catch (error) {
      this.logger.warn({ err: error }, 'sessions that must end did not; they will within seconds');
    } finally {
      // Not in a `then`: whoever comes in the moment before that would be told of a round that is over.
      this.running = null;
    }
  }

  /**
   * Once to everybody who has something waiting.
   * @param reached the last row that was seen of each
   * @returns whether there was anything that had not been seen
   */
  private async goRound(reached: Map<string, string>): Promise<boolean> {
    let [any, last]: [boolean, string | null] = [false, ''];
    while (last !== null && !this.stopping) {
      const step = await this.drainBatch(reached, last);
      for (const { owner: name, id } of step.rows) reached.set(name, id);
      any ||= step.rows.length > 0;
      last = step.last;
    }
    return any && !this.stopping;
  }

  private drainBatch(
    reached: ReadonlyMap<string, string>,
    after: string,
  ): Promise<{ rows: readonly WaitingRevocation[]; last: string | null }> {
    return withStore(() =>
      this.database.transaction().execute(async (trx) => {
        // A machine that vanishes says no good-bye: the server must not keep its rows from the other nodes for long.
        await sql`set local idle_in_transaction_session_timeout = '4s'`.execute(trx);
        const owners = await ownersBehind(trx, after, OWNERS);
        const rows = await takeOf(trx, owners, reached, BATCH);
        const requests = requestsOf(rows);
        for (let from = 0; from < requests.length; from += LANES) {
          const done = await this.carryOut(requests.slice(from, from + LANES));
          if (done.length > 0)
            await sql`delete from revocation_outbox where id = any(${done}::bigint[])`.execute(trx);
        }
        return { rows, last: owners.length < OWNERS ? null : (owners.at(-1) ?? null) };
      }),
    );
  }

  /** @returns the rows of those that were carried out */
  private async carryOut(requests: readonly Request[]): Promise<string[]> {
    const results = await Promise.allSettled(
      requests.map(async ({ subject, reason }) => this.revoker.revoke(subject, reason, null)),
    );
    return results.flatMap((result, at) => {
      if (result.status === 'fulfilled') return requests[at]?.ids ?? [];
      const level = isTransient(result.reason) ? 'warn' : 'error';
      this.logger[level]({ err: result.reason, ...requests[at]?.subject }, 'sessions that must end did not');
      return [];
    });
  }
}

/** A subject that was asked for several times is revoked, and recorded, once. */
function requestsOf(rows: readonly WaitingRevocation[]): Request[] {
  const bySubject = Map.groupBy(rows, ({ kind, subject_id: id }) => `${kind} ${id}`);
  return [...bySubject.values()].flatMap((same) => {
    const [first] = same;
    if (!first) return [];
    const subject = { kind: first.kind as SubjectKind, id: first.subject_id };
    return [{ ids: same.map(({ id }) => id), subject, reason: first.reason as EndReason }];
  });
}
