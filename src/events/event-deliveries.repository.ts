import { Injectable } from '@nestjs/common';
import { sql, type Kysely } from 'kysely';
import { Database } from '../database/database.js';
import type { RawWorkosEvent } from '../identity/workos-event.js';
import type { EventTables } from './event-tables.js';
import type { NextAttempt } from './next-attempt.js';

export interface Delivery {
  readonly handler: string;
  readonly event: RawWorkosEvent & { readonly organizationId: string | null };
  /** This one included. */
  readonly attempts: number;
}

/** What is still to be handed to the handlers of other modules. */
@Injectable()
export class EventDeliveriesRepository {
  private readonly db: Kysely<EventTables>;

  constructor(database: Database) {
    this.db = database.withTables<EventTables>();
  }

  /**
   * Takes what is due for one handler until `until`: where it is not settled by then, its node is gone and another one
   * may take it. The attempt counts from the beginning, so that an event that ends the process comes to an end too.
   */
  async claim(handler: string, now: Date, until: Date, limit: number): Promise<Delivery[]> {
    const claimed = await this.db
      .with('due', (db) =>
        db
          .selectFrom('event_deliveries')
          .select(['event_id', 'handler'])
          .where('state', '=', 'pending')
          .where('due_at', '<=', now)
          .where('handler', '=', handler)
          .orderBy('due_at')
          .limit(limit)
          .forUpdate()
          .skipLocked(),
      )
      .updateTable('event_deliveries')
      .from('due')
      .set(({ eb }) => ({ due_at: until, attempts: eb('event_deliveries.attempts', '+', 1) }))
      .whereRef('event_deliveries.event_id', '=', 'due.event_id')
      .whereRef('event_deliveries.handler', '=', 'due.handler')
      .returning(['event_deliveries.event_id', 'event_deliveries.attempts'])
      .execute();
    if (claimed.length === 0) return [];
    const attempts = new Map(claimed.map((row) => [row.event_id, row.attempts]));
    const events = await this.db
      .selectFrom('workos_events')
      .select(['id', 'event', 'data', 'created_at', 'organization_id'])
      .where('id', 'in', [...attempts.keys()])
      .orderBy('created_at')
      .orderBy('id')
      .execute();
    return events.map(({ id, event, data, created_at: createdAt, organization_id: organizationId }) => ({
      handler,
      attempts: attempts.get(id) ?? 1,
      event: { id, event, data, createdAt, organizationId },
    }));
  }

  /** Notes how an attempt ended. @returns false where it took so long that it is another's by now */
  async settle(
    { handler, event, attempts }: Delivery,
    outcome: 'done' | { next: NextAttempt; error: string },
  ): Promise<boolean> {
    const change =
      outcome === 'done'
        ? { state: 'done' as const, error: null }
        : {
            state: outcome.next.state,
            attempts: outcome.next.attempts,
            error: outcome.error,
            ...(outcome.next.state === 'dead' ? {} : { due_at: outcome.next.dueAt }),
          };
    const { numUpdatedRows } = await this.db
      .updateTable('event_deliveries')
      .set(change)
      .where('event_id', '=', event.id)
      .where('handler', '=', handler)
      .where('state', '=', 'pending')
      .where('attempts', '=', attempts)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /**
   * Sets aside what is owed to handlers that are not among these, a few at a time.
   * @returns to whom each of them was owed
   */
  async setAside(known: readonly string[], dueBefore: Date, limit: number): Promise<string[]> {
    const { rows } = await sql<{ handler: string }>`
      update event_deliveries set state = 'dead', error = 'NoSuchHandler'
      where (event_id, handler) in (
        select event_id, handler from event_deliveries
        where state = 'pending' and due_at < ${dueBefore} and handler <> all(${known}::text[])
        order by due_at limit ${limit} for update skip locked)
      returning handler
    `.execute(this.db);
    return rows.map(({ handler }) => handler);
  }
}
