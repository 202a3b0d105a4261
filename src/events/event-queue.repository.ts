import { Injectable } from '@nestjs/common';
import { sql, type Kysely, type Transaction } from 'kysely';
import { Database, PatientDatabase } from '../database/database.js';
import type { RawWorkosEvent } from '../identity/workos-event.js';
import type { MirrorTransaction } from '../mirror/tombstones.js';
import type { EventTables } from './event-tables.js';
import { EventTurns, LOCK_SPACE } from './event-turns.js';
import type { NextAttempt } from './next-attempt.js';

/** What one transaction takes at most: enough to share its cost, few enough to undo without regret. */
const OWNERS = 48;
const EVENTS = 64;
/** Events that failed, of which one is looked for that no other node is busy with. */
const FAILED = 64;

/**
 * How long the server works on one statement, and how long it waits for one lock. It gives up by itself, and lets go of all
 * that the transaction held: a client that stops waiting stops nothing.
 */
const SHORT = { statement: '1s', lock: '250ms' };
const LONG = { statement: '60s', lock: '5s' };

export interface QueuedEvent extends RawWorkosEvent {
  readonly organizationId: string | null;
  readonly attempts: number;
}

/** The stored events as a queue: what is due, in order for each object, shared between all nodes. */
@Injectable()
export class EventQueueRepository {
  private readonly db: Kysely<EventTables>;
  private readonly turns = new EventTurns(OWNERS, EVENTS);

  constructor(
    database: Database,
    private readonly patient: PatientDatabase,
  ) {
    this.db = database.withTables<EventTables>();
  }

  /** Everything in `work` is one transaction: what it does and that it was done. */
  async inTransaction<Result>(work: (trx: MirrorTransaction) => Promise<Result>): Promise<Result> {
    return this.db.transaction().execute((trx) => work(trx as unknown as MirrorTransaction));
  }

  /** The same for what may take long. */
  async inPatientTransaction<Result>(work: (trx: MirrorTransaction) => Promise<Result>): Promise<Result> {
    return this.patient.transaction().execute(work);
  }

  /**
   * Takes events that are due, and the organizations that they are about (the object, where there is none) until the end
   * of the transaction: no other node takes events of the same meanwhile, so those of one object come one after the other,
   * in order, and what hangs together inside an organization does not meet from two sides.
   *
   * An event that failed does not hold back the later ones of its object: they supersede it (`versionOf`), and one of them
   * may be what ends somebody's access.
   */
  async claim(trx: MirrorTransaction, now: Date): Promise<QueuedEvent[]> {
    return this.taken(trx, await this.turns.take(trx, now), now, SHORT);
  }

  /** Takes one of these alone, unless it is done by now, or another node is busy with its organization. */
  async claimOne(trx: MirrorTransaction, id: string, now: Date): Promise<QueuedEvent[]> {
    const { rows } = await sql<{ id: string }>`
      select id from workos_events where id = ${id} and ${turnIsFree}
    `.execute(trx);
    return this.taken(trx, idsOf(rows), now, SHORT);
  }

  /** Takes an event that failed and is due again, with all the time that large work needs. */
  async claimFailed(trx: MirrorTransaction, now: Date): Promise<QueuedEvent[]> {
    const { rows } = await sql<{ id: string }>`
      with due as materialized (
        select id, organization_id, object_key from workos_events
        where state = 'pending' and attempts > 0 and due_at <= ${now} order by due_at limit ${FAILED}
      )
      select id from due where ${turnIsFree} limit 1
    `.execute(trx);
    return this.taken(trx, idsOf(rows), now, LONG);
  }

  /** What is still to be done of these: who held them before may have done some, or tried. */
  private async taken(
    trx: MirrorTransaction,
    ids: readonly string[],
    now: Date,
    limits: typeof SHORT,
  ): Promise<QueuedEvent[]> {
    if (ids.length === 0) return [];
    await sql`select set_config('statement_timeout', ${limits.statement}, true),
      set_config('lock_timeout', ${limits.lock}, true)`.execute(trx);
    const rows = await tables(trx)
      .selectFrom('workos_events')
      .select(['id', 'event', 'data', 'created_at', 'organization_id', 'attempts'])
      .where('id', 'in', [...ids])
      .where('state', '=', 'pending')
      .where('due_at', '<=', now)
      .orderBy('created_at')
      .orderBy('id')
      .execute();
    return rows.map((row) => ({
      id: row.id,
      event: row.event,
      data: row.data,
      createdAt: row.created_at,
      organizationId: row.organization_id,
      attempts: row.attempts,
    }));
  }

  /** Marks events as done and asks for their delivery to these handlers, each a pair of an event and a handler. */
  async finish(
    trx: MirrorTransaction,
    ids: readonly string[],
    deliveries: readonly { eventId: string; handler: string }[],
    now: Date,
  ): Promise<void> {
    await tables(trx)
      .updateTable('workos_events')
      .set({ state: 'done', processed_at: now, error: null })
      .where('id', 'in', [...ids])
      .execute();
    if (deliveries.length === 0) return;
    await tables(trx)
      .insertInto('event_deliveries')
      .values(
        deliveries.map(({ eventId, handler }) => ({
          event_id: eventId,
          handler,
          state: 'pending' as const,
          due_at: now,
        })),
      )
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  /**
   * Forgets what was done long ago, with its payload, which is about people: a few at a time, and nothing that one of these
   * handlers is still to get, or that an operator may want to replay for one.
   * @returns how many
   */
  async forget(doneBefore: Date, handlers: readonly string[], limit: number): Promise<number> {
    const { numDeletedRows } = await this.db
      .deleteFrom('workos_events')
      .where('id', 'in', (query) =>
        query
          .selectFrom('workos_events as old')
          .select('old.id')
          .where('old.state', '=', 'done')
          .where('old.processed_at', '<', doneBefore)
          .where(({ not, exists, selectFrom }) =>
            not(
              exists(
                selectFrom('event_deliveries as owed')
                  .select('owed.event_id')
                  .whereRef('owed.event_id', '=', 'old.id')
                  .where('owed.state', '<>', 'done')
                  .where(({ eb, or }) =>
                    or([
                      eb('owed.state', '=', 'pending'),
                      eb('owed.handler', '=', sql<string>`any(${handlers}::text[])`),
                    ]),
                  ),
              ),
            ),
          )
          .limit(limit),
      )
      .executeTakeFirst();
    return Number(numDeletedRows);
  }

  /** Notes a failed attempt, unless the event was dealt with or tried by somebody else meanwhile. */
  async fail(event: QueuedEvent, next: NextAttempt, error: string, now: Date): Promise<boolean> {
    const { numUpdatedRows } = await this.db
      .updateTable('workos_events')
      .set({
        attempts: next.attempts,
        error,
        ...(next.state === 'dead' ? { state: 'dead' as const, processed_at: now } : { due_at: next.dueAt }),
      })
      .where('id', '=', event.id)
      .where('state', '=', 'pending')
      .where('attempts', '=', event.attempts)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }
}

/** Takes the owner of a row until the end of the transaction, where nobody else has it. */
const turnIsFree = sql`pg_try_advisory_xact_lock(
  hashtextextended(coalesce(organization_id, object_key), ${LOCK_SPACE}))`;

function idsOf(rows: readonly { id: string }[]): string[] {
  return rows.map(({ id }) => id);
}

function tables(trx: MirrorTransaction): Transaction<EventTables> {
  return trx.withTables<EventTables>();
}
