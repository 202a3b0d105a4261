import { sql, type Kysely } from 'kysely';

/** Two accounts of one person inside one organization: the account that they sign in by stands in the other's row. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table memberships add column same_as text;
    create index on memberships (organization_id, same_as) where same_as is not null;
  `.execute(db);
}
