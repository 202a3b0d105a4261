import { Injectable } from '@nestjs/common';
import { sql, type Kysely, type Transaction } from 'kysely';
import { Clock } from '../common/clock.js';
import { Database } from '../database/database.js';
import type { EventTables } from './event-tables.js';
import type { DeadLetter } from './event.schemas.js';

/** What was given up on, until somebody has mended the reason and lets it go again. */
@Injectable()
export class DeadLetters {
  private readonly db: Kysely<EventTables>;

  constructor(
    database: Database,
    private readonly clock: Clock,
  ) {
    this.db = database.withTables<EventTables>();
  }

  /** The latest first. Without their payloads, which are about people. */
  async list(limit: number, before?: string): Promise<DeadLetter[]> {
    return this.select(before === undefined ? sql`true` : sql`e.id < ${before}`, limit);
  }

  async find(id: string): Promise<(DeadLetter & { data: unknown }) | null> {
    const [letter] = await this.select(sql`e.id = ${id}`, 1);
    if (!letter) return null;
    const row = await this.db
      .selectFrom('workos_events')
      .select('data')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    return { ...letter, data: row.data };
  }

  /**
   * Lets an event go again, or, for `null`, all of them: what failed of it, and nothing that was done.
   * @returns how many events and deliveries that were
   */
  async replay(id: string | null): Promise<number> {
    const again = { state: 'pending' as const, attempts: 0, due_at: this.clock.now(), error: null };
    return this.db.transaction().execute(async (trx: Transaction<EventTables>) => {
      const events = await trx
        .updateTable('workos_events')
        .set({ ...again, processed_at: null })
        .where('state', '=', 'dead')
        .$if(id !== null, (query) => query.where('id', '=', id))
        .executeTakeFirst();
      const deliveries = await trx
        .updateTable('event_deliveries')
        .set(again)
        .where('state', '=', 'dead')
        .$if(id !== null, (query) => query.where('event_id', '=', id))
        .executeTakeFirst();
      return Number(events.numUpdatedRows + deliveries.numUpdatedRows);
    });
  }

  private async select(which: ReturnType<typeof sql>, limit: number): Promise<DeadLetter[]> {
    const { rows } = await sql<DeadLetter>`
      select e.id, e.event, e.organization_id as "organizationId", e.created_at as "createdAt",
        case when e.state = 'dead' then jsonb_build_array(jsonb_build_object(
          'handler', null, 'attempts', e.attempts, 'error', e.error)) else '[]' end
        || coalesce((select jsonb_agg(jsonb_build_object(
          'handler', d.handler, 'attempts', d.attempts, 'error', d.error) order by d.handler)
          from event_deliveries d where d.event_id = e.id and d.state = 'dead'), '[]') as failures
      from workos_events e where ${which} and e.id in (
        select id from workos_events where state = 'dead'
        union select event_id from event_deliveries where state = 'dead')
      order by e.id desc limit ${limit}
    `.execute(this.db);
    return rows;
  }
}
