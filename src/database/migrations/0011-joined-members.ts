import { sql, type Kysely } from 'kysely';

/** Which members have come in here. What an event tells of somebody does not say that anybody meant them to. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table memberships add column joined boolean not null default false;
    update memberships as member set joined = true
    where version = '' or exists (
      select from audit_events as entry
      where entry.organization_id = member.organization_id and entry.user_id = member.user_id
        and entry.action = 'sign_in.succeeded'
    );
  `.execute(db);
}
