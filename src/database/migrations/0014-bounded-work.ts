import { sql, type Kysely } from 'kysely';

/** What grows with a company is found by an index. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create index on audit_events (organization_id, action, id desc);
    create index on audit_events (organization_id, user_id, id desc);
    create index on directory_groups (directory_id);
  `.execute(db);
}
