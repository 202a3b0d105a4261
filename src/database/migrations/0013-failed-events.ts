import { sql, type Kysely } from 'kysely';

/** What failed is tried again by itself; what a handler is owed is found without a look at what others are owed. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create index workos_events_failed on workos_events (due_at) where state = 'pending' and attempts > 0;
    create index event_deliveries_owed on event_deliveries (handler, due_at) where state = 'pending';
  `.execute(db);
}
