import { sql, type Kysely } from 'kysely';

/** Sessions are found by the session that WorkOS has for them; what ends sessions waits in a table until it is done. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create index on sessions ((data ->> 'workosSessionId'));
    create table if not exists revocation_outbox (
      id bigint generated always as identity primary key,
      kind text not null,
      subject_id text not null,
      reason text not null,
      requested_at timestamptz not null
    );
  `.execute(db);
}
