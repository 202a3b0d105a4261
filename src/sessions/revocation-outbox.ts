import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { sql, type Transaction } from 'kysely';
import { SUBJECT_KINDS, type SubjectKind } from '../bus/invalidation-bus.port.js';
import { isTransient } from '../common/problem-error.js';
import { Database, withStore } from '../database/database.js';
import { SessionRevoker, type EndReason } from './session-revoker.service.js';
import type { Subject } from './session-record.js';

/** Milliseconds between two looks for what a node that died has left. */
const EVERY = 1000;
/** Rows a step, so that other nodes share a long list, and revocations at once, so that requests get connections too. */
const BATCH = 40;
const LANES = 4;

type OutboxTables = {
  revocation_outbox: { id: string; kind: string; subject_id: string; reason: string; requested_at: Date };
};
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
  private readonly db;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | null = null;
  private wanted = false;

  constructor(
    database: Database,
    private readonly revoker: SessionRevoker,
  ) {
    this.db = database.withTables<OutboxTables>();
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.drain(), EVERY);
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
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
        let last: string | null = '0';
        while (last !== null) last = await this.drainBatch(last);
      }
    } catch (error) {
      this.logger.warn({ err: error }, 'sessions that must end did not; they will within seconds');
    } finally {
      // Not in a `then`: whoever comes in the moment before that would be told of a round that is over.
      this.running = null;
    }
  }

  /** @returns the last row that it saw, `null` where there are no more */
  private drainBatch(after: string): Promise<string | null> {
    return withStore(() =>
      this.db.transaction().execute(async (trx) => {
        // A machine that vanishes says no good-bye: the server must not keep its rows from the other nodes for long.
        await sql`set local idle_in_transaction_session_timeout = '4s'`.execute(trx);
        const rows = await trx
          .selectFrom('revocation_outbox')
          .selectAll()
          .where('id', '>', after)
          // A newer version may know more; its nodes see to that.
          .where('kind', 'in', SUBJECT_KINDS)
          .orderBy('id')
          .limit(BATCH)
          .forUpdate()
          .skipLocked()
          .execute();
        const requests = requestsOf(rows);
        for (let from = 0; from < requests.length; from += LANES) {
          const done = await this.carryOut(requests.slice(from, from + LANES));
          if (done.length > 0) await trx.deleteFrom('revocation_outbox').where('id', 'in', done).execute();
        }
        return rows.length < BATCH ? null : (rows.at(-1)?.id ?? null);
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
function requestsOf(rows: readonly OutboxTables['revocation_outbox'][]): Request[] {
  const bySubject = Map.groupBy(rows, ({ kind, subject_id: id }) => `${kind} ${id}`);
  return [...bySubject.values()].flatMap((same) => {
    const [first] = same;
    if (!first) return [];
    const subject = { kind: first.kind as SubjectKind, id: first.subject_id };
    return [{ ids: same.map(({ id }) => id), subject, reason: first.reason as EndReason }];
  });
}
