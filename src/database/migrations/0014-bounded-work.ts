import { sql, type Kysely } from 'kysely';

/** What grows with a company is found by an index, told once, and looked through by one node at a time. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create index on audit_events (organization_id, action, id desc);
    create index on audit_events (organization_id, user_id, id desc);
    create index on directory_groups (directory_id);

    alter table directory_users add column left_open boolean not null default false;
    comment on column directory_users.left_open is 'whom it means is not plain, and that is on record';

    create table leases (
      name text primary key,
      until timestamptz not null
    );
  `.execute(db);
}
