import { sql, type Kysely } from 'kysely';

/** What was carried into sessions is remembered for those that were just being made, and found by whom it is about. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table revocation_outbox add column done_at timestamptz;
    create index on revocation_outbox (kind, subject_id);
    create index on revocation_outbox (id) where done_at is null;
    create index on revocation_outbox (done_at) where done_at is not null;
  `.execute(db);
}
