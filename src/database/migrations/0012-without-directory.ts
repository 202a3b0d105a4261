import { sql, type Kysely } from 'kysely';

/** Since when the directory of a member is gone, until they sign in again: their own API keys wait for that. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table memberships add column without_directory_since timestamptz`.execute(db);
}
