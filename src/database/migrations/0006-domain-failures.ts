import { sql, type Kysely } from 'kysely';

/** Why the verification of a domain failed, with the version of the account that says so. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table organization_domains
      add column failure_reason text,
      add column failure_version text collate "C" not null default '';
  `.execute(db);
}
