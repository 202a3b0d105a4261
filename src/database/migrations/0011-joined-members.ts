import { sql, type Kysely } from 'kysely';

/** Which members have come in here. What an event tells of somebody does not say that anybody meant them to. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Two updates over joins: as one condition it would be a question to the audit log for each member.
  await sql`
    alter table memberships add column joined boolean not null default false;
    update memberships set joined = true where version = '';
    update memberships as member set joined = true
    from (
      select distinct organization_id, user_id from audit_events where action = 'sign_in.succeeded'
    ) as entry
    where entry.organization_id = member.organization_id and entry.user_id = member.user_id and not member.joined;
  `.execute(db);
}
