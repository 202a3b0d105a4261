import { sql, type Kysely } from 'kysely';

/** Sessions are found by the session that WorkOS has for them, and walked through in batches; what ends sessions waits in a table until it is done. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create index on sessions ((data ->> 'workosSessionId'));
    drop index sessions_organization_id_idx, sessions_connection_id_idx, sessions_directory_id_idx;
    create index on sessions (organization_id, id);
    create index on sessions (connection_id, id);
    create index on sessions (directory_id, id);
    create table if not exists revocation_outbox (
      id bigint generated always as identity primary key,
      kind text not null,
      subject_id text not null,
      reason text not null,
      requested_at timestamptz not null
    );
  `.execute(db);
}
