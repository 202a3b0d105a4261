import { Injectable } from '@nestjs/common';
import type { Kysely, Updateable } from 'kysely';
import { Database } from '../database/database.js';
import type { EventCursorsTable, EventTables } from './event-tables.js';

export interface Lease {
  readonly holder: string;
  readonly cursor: string | null;
  /** When all that there was had been read; `null` before the first time. */
  readonly readAt: Date | null;
  /** A reconciliation that was begun, by whomever, and has not ended. */
  readonly reconciling: { readonly since: Date; readonly to: string | null } | null;
}

export type CursorChange = Updateable<Omit<EventCursorsTable, 'name' | 'holder'>>;

/**
 * How far the Events API was read, and who reads. Whoever lost the lease (slow, cut off) can move the cursor no more: each
 * write names its holder, and no holder is ever named again.
 */
@Injectable()
export class EventCursorsRepository {
  private readonly db: Kysely<EventTables>;

  constructor(database: Database) {
    this.db = database.withTables<EventTables>();
  }

  /**
   * Takes the lease unless somebody holds it, or everything was read after `readBefore`.
   * @param holder a name that was never used before
   */
  async acquire(
    name: string,
    holder: string,
    now: Date,
    until: Date,
    readBefore: Date,
  ): Promise<Lease | null> {
    const row = await this.db
      .insertInto('event_cursors')
      .values({ name, holder, lease_until: until })
      .onConflict((conflict) =>
        conflict
          .column('name')
          .doUpdateSet({ holder, lease_until: until })
          .where((eb) =>
            eb.and([
              eb.or([
                eb('event_cursors.lease_until', 'is', null),
                eb('event_cursors.lease_until', '<=', now),
              ]),
              eb.or([eb('event_cursors.read_at', 'is', null), eb('event_cursors.read_at', '<=', readBefore)]),
            ]),
          ),
      )
      .returning(['cursor', 'read_at', 'reconciling_since', 'reconciling_to'])
      .executeTakeFirst();
    if (!row) return null;
    const { cursor, read_at: readAt, reconciling_since: since, reconciling_to: to } = row;
    return { holder, cursor, readAt, reconciling: since && { since, to } };
  }

  /** @returns whether it is still this holder's lease; else nothing changed */
  async update(name: string, { holder }: Pick<Lease, 'holder'>, change: CursorChange): Promise<boolean> {
    const { numUpdatedRows } = await this.db
      .updateTable('event_cursors')
      .set(change)
      .where('name', '=', name)
      .where('holder', '=', holder)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }
}
