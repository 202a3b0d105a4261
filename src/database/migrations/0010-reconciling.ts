import { sql, type Kysely } from 'kysely';

/** A reconciliation that was begun and has not ended: since when, and from where the log is followed after it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table event_cursors
      add column reconciling_since timestamptz,
      add column reconciling_to text;
  `.execute(db);
}
