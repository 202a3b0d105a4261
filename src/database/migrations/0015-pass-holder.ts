import { sql, type Kysely } from 'kysely';

/** Whom a pass is for. Empty in those that an earlier version issues: there the address says it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table break_glass_passes add column user_id text`.execute(db);
}
