import { Injectable } from '@nestjs/common';
import { sql, type Kysely, type Transaction } from 'kysely';
import { Database } from '../database/database.js';
import type { RawWorkosEvent } from '../identity/workos-event.js';
import type { MirrorTransaction } from '../mirror/tombstones.js';
import type { EventTables } from './event-tables.js';
import type { NextAttempt } from './next-attempt.js';

/** Tells the locks of objects from other advisory locks of the database. */
const LOCK_SPACE = 7_033_001;
/** How far ahead a node looks for an object that no other one is busy with. */
const LOOK_AHEAD = 500;

export interface QueuedEvent extends RawWorkosEvent {
  readonly organizationId: string | null;
  readonly attempts: number;
}

/** The stored events as a queue: what is due, in order for each object, shared between all nodes. */
@Injectable()
export class EventQueueRepository {
  private readonly db: Kysely<EventTables>;

  constructor(database: Database) {
    this.db = database.withTables<EventTables>();
  }

  /** Everything in `work` is one transaction: what it does and that it was done. */
  async inTransaction<Result>(work: (trx: MirrorTransaction) => Promise<Result>): Promise<Result> {
    return this.db.transaction().execute((trx) => work(trx as unknown as MirrorTransaction));
  }

  /**
   * Takes events that are due, and their objects until the end of the transaction: no other node takes an event of the
   * same objects meanwhile, so those come one after the other. An event that waits for its next attempt is not due, and
   * does not hold back the later ones of its object: they supersede it (`versionOf`), and one of them may be what ends
   * somebody's access.
   */
  async claim(trx: MirrorTransaction, now: Date, objects: number, events: number): Promise<QueuedEvent[]> {
    const locked = await sql<{ object_key: string }>`
      with due as materialized (
        select object_key, min(created_at) as first from (
          select object_key, created_at from workos_events
          where state = 'pending' and due_at <= ${now} order by due_at limit ${LOOK_AHEAD}
        ) as soon group by object_key order by first
      )
      select object_key from due
      where pg_try_advisory_xact_lock(hashtextextended(object_key, ${LOCK_SPACE})) limit ${objects}
    `.execute(trx);
    if (locked.rows.length === 0) return [];
    // Asked only now: who held an object before may have done some of its events since.
    const rows = await tables(trx)
      .selectFrom('workos_events')
      .select(['id', 'event', 'data', 'created_at', 'organization_id', 'attempts'])
      .where(
        'object_key',
        'in',
        locked.rows.map((row) => row.object_key),
      )
      .where('state', '=', 'pending')
      .where('due_at', '<=', now)
      .orderBy('created_at')
      .orderBy('id')
      .limit(events)
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

  /** Waits for the object of one event. @returns whether the event is still to be done */
  async claimOne(trx: MirrorTransaction, id: string): Promise<boolean> {
    const { rows } = await sql<{ id: string }>`
      select pg_advisory_xact_lock(hashtextextended(object_key, ${LOCK_SPACE})) from workos_events where id = ${id}
    `.execute(trx);
    if (rows.length === 0) return false;
    const row = await tables(trx)
      .selectFrom('workos_events')
      .select('id')
      .where('id', '=', id)
      .where('state', '=', 'pending')
      .executeTakeFirst();
    return row !== undefined;
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

function tables(trx: MirrorTransaction): Transaction<EventTables> {
  return trx.withTables<EventTables>();
}
