import { sql, type Kysely } from 'kysely';

/** A revocation may spare one session: `hit_at` is when that one was meant itself for the last time. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table session_revocations add column spared text, add column hit_at timestamptz;
  `.execute(db);
}
