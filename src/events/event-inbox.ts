import { Injectable, Logger } from '@nestjs/common';
import type { Insertable, Kysely } from 'kysely';
import { Clock } from '../common/clock.js';
import { isOutage } from '../common/outage.js';
import { Database, withStore } from '../database/database.js';
import { subjectOf, type RawWorkosEvent } from '../identity/workos-event.js';
import { describeFailure } from './describe-failure.js';
import type { EventOrigin, EventTables, WorkosEventsTable } from './event-tables.js';
import { EventWake } from './event-wake.js';
import { storableJson } from './storable-json.js';

/** Where every event comes in, however it was heard of. Its id decides: one that is known changes nothing. */
@Injectable()
export class EventInbox {
  private readonly logger = new Logger('Events');
  private readonly db: Kysely<EventTables>;

  constructor(
    database: Database,
    private readonly clock: Clock,
    private readonly events: EventWake,
  ) {
    this.db = database.withTables<EventTables>();
  }

  /**
   * What PostgreSQL cannot keep is set aside at once, without its payload: it may hold back neither the events beside it
   * nor whoever brought it.
   * @returns how many are new, once they are stored for good; processing follows by itself
   */
  async receive(events: readonly RawWorkosEvent[], source: EventOrigin): Promise<number> {
    const now = this.clock.now();
    const rows = events.map((event) => rowOf(event, source, now));
    if (rows.length === 0) return 0;
    const added = await withStore(() => this.store(rows));
    this.events.wake();
    return added;
  }

  private async store(rows: Insertable<WorkosEventsTable>[]): Promise<number> {
    try {
      return await this.insert(rows);
    } catch (error) {
      if (isOutage(error)) throw error;
      let added = 0;
      for (const row of rows) added += await this.insertOrSetAside(row);
      return added;
    }
  }

  private async insertOrSetAside(row: Insertable<WorkosEventsTable>): Promise<number> {
    try {
      return await this.insert([row]);
    } catch (error) {
      if (isOutage(error)) throw error;
      const failure = describeFailure(error);
      this.logger.error({ event: row.id, failure }, 'an event cannot be stored');
      return this.insert([{ ...row, data: '{}', state: 'dead', error: failure }]);
    }
  }

  private async insert(rows: Insertable<WorkosEventsTable>[]): Promise<number> {
    const { numInsertedOrUpdatedRows } = await this.db
      .insertInto('workos_events')
      .values(rows)
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    return Number(numInsertedOrUpdatedRows ?? 0n);
  }
}

function rowOf(event: RawWorkosEvent, source: EventOrigin, now: Date): Insertable<WorkosEventsTable> {
  const { objectKey, organizationId } = subjectOf(event);
  return {
    id: event.id,
    event: event.event,
    object_key: objectKey,
    organization_id: organizationId,
    created_at: event.createdAt,
    received_at: now,
    source,
    data: storableJson(event.data),
    state: 'pending',
    due_at: now,
  };
}
