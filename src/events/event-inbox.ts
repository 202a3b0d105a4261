import { Injectable, Logger } from '@nestjs/common';
import type { Insertable, Kysely } from 'kysely';
import { Clock } from '../common/clock.js';
import { isOutage } from '../common/outage.js';
import { Database, withStore } from '../database/database.js';
import { subjectOf, type RawWorkosEvent } from '../identity/workos-event.js';
import { describeFailure } from './describe-failure.js';
import type { EventOrigin, EventTables, WorkosEventsTable } from './event-tables.js';
import { urgencyOf } from './event-urgency.js';
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
    if (events.length === 0) return 0;
    const added = await withStore(() => this.store(events, source));
    this.events.wake();
    return added;
  }

  private async store(events: readonly RawWorkosEvent[], source: EventOrigin): Promise<number> {
    const now = this.clock.now();
    try {
      return await this.insert(events.map((event) => rowOf(event, source, now)));
    } catch (error) {
      if (isOutage(error)) throw error;
      let added = 0;
      for (const event of events) added += await this.storeOrSetAside(event, source, now);
      return added;
    }
  }

  private async storeOrSetAside(event: RawWorkosEvent, source: EventOrigin, now: Date): Promise<number> {
    try {
      return await this.insert([rowOf(event, source, now)]);
    } catch (error) {
      if (isOutage(error)) throw error;
      const failure = describeFailure(error);
      this.logger.error({ event: event.id, failure }, 'an event cannot be stored');
      return this.insert([setAside(event, source, now, failure)]);
    }
  }

  private async insert(rows: Row[]): Promise<number> {
    const { numInsertedOrUpdatedRows } = await this.db
      .insertInto('workos_events')
      .values(rows)
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    return Number(numInsertedOrUpdatedRows ?? 0n);
  }
}

type Row = Insertable<WorkosEventsTable>;

function rowOf(event: RawWorkosEvent, source: EventOrigin, now: Date): Row {
  const { objectKey, organizationId } = subjectOf(event);
  return {
    ...envelopeOf(event, source, now),
    object_key: objectKey,
    organization_id: organizationId,
    data: storableJson(event.data),
    state: 'pending',
    urgency: urgencyOf(event),
  };
}

/** Without its payload, of which every part may be what cannot be stored. */
function setAside(event: RawWorkosEvent, source: EventOrigin, now: Date, error: string): Row {
  return {
    ...envelopeOf(event, source, now),
    object_key: event.id,
    organization_id: null,
    data: '{}',
    state: 'dead',
    error,
  };
}

/** What was checked when the event came in (`readEnvelope`). */
function envelopeOf({ id, event, createdAt }: RawWorkosEvent, source: EventOrigin, now: Date) {
  return { id, event, created_at: createdAt, received_at: now, source, due_at: now };
}
