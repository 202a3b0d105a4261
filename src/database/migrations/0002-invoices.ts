import { sql, type Kysely } from 'kysely';

/** The table of the example module. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table invoices (
      id text primary key,
      organization_id text not null references organizations on delete cascade,
      customer text not null,
      amount_cents integer not null,
      created_at timestamptz not null
    );
    create index on invoices (organization_id, id desc);
  `.execute(db);
}
