import { sql, type Kysely } from 'kysely';

/** Whose turn it is, of all who wait: found by one step of an index for each, however much one of them has waiting. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table workos_events add column urgency smallint not null default 1;
    comment on column workos_events.urgency is 'src/events/event-urgency.ts';
    create index workos_events_turns on workos_events
      (urgency, (coalesce(organization_id, object_key)), created_at, id) where state = 'pending';

    create index revocation_outbox_turns on revocation_outbox
      ((case kind when 'member' then 'member ' || split_part(subject_id, ':', 1) else kind end), id)
      where done_at is null;
  `.execute(db);
}
