import { sql } from 'kysely';
import type { MirrorTransaction } from '../mirror/tombstones.js';
import { URGENCIES, type Urgency } from './event-urgency.js';

/** Tells the locks of this queue from other advisory locks of the database. */
export const LOCK_SPACE = 7_033_001;
/** How many of a batch are left to each lower urgency: it waits longer, not for ever. */
const LEFT = 4;

/** Whose events are taken together: those of an organization; of an object, where there is none. As in the index. */
const owner = sql`coalesce(organization_id, object_key)`;

/**
 * Whose turn it is: one owner after the other, each with an equal share of a batch, so that nobody waits for all that
 * somebody else has waiting. Every node has its own place in the round.
 */
export class EventTurns {
  private readonly reached = new Map<Urgency, string>();

  constructor(
    private readonly owners: number,
    private readonly events: number,
  ) {}

  /**
   * Chooses what is due, and takes the owners of it until the end of the transaction.
   * What failed is none of this: it is tried again by itself.
   * @returns the ids; of each object nothing that is due is older than what was chosen
   */
  async take(trx: MirrorTransaction, now: Date): Promise<string[]> {
    const taken = new Set<string>();
    for (const urgency of URGENCIES) {
      const room = this.events - taken.size - LEFT * (URGENCIES.length - 1 - urgency);
      if (room > 0) for (const id of await this.takeOf(trx, urgency, room, now)) taken.add(id);
    }
    return [...taken];
  }

  private async takeOf(trx: MirrorTransaction, urgency: Urgency, room: number, now: Date): Promise<string[]> {
    const after = this.reached.get(urgency) ?? '';
    const ids = await this.takeBehind(trx, urgency, room, now, after);
    return ids.length > 0 || after === '' ? ids : this.takeBehind(trx, urgency, room, now, '');
  }

  private async takeBehind(
    trx: MirrorTransaction,
    urgency: Urgency,
    room: number,
    now: Date,
    after: string,
  ): Promise<string[]> {
    const owners = Math.min(this.owners, room);
    const due = sql`state = 'pending' and attempts = 0 and urgency = ${urgency} and due_at <= ${now}`;
    const { rows } = await sql<{ id: string; last: string; count: number }>`
      with recursive owners as (
        (select ${owner} as owner from workos_events where ${due} and ${owner} > ${after} order by ${owner} limit 1)
        union all
        select (select ${owner} from workos_events where ${due} and ${owner} > owners.owner order by ${owner} limit 1)
        from owners where owners.owner is not null
      ), mine as materialized (
        select owner from owners
        where owner is not null and pg_try_advisory_xact_lock(hashtextextended(owner, ${LOCK_SPACE})) limit ${owners}
      ), chosen as materialized (
        select mine.owner, next.* from mine cross join lateral (
          select id, object_key, created_at from workos_events where ${due} and ${owner} = mine.owner
          order by created_at, id limit (select greatest(1, ${room}::int / nullif(count(*), 0)) from mine)
        ) as next
      ), with_older as (
        select id, created_at from chosen
        union
        select older.id, older.created_at from chosen join workos_events as older
          on older.object_key = chosen.object_key and older.state = 'pending' and older.attempts = 0
          and older.due_at <= ${now}
          and coalesce(older.organization_id, older.object_key) = chosen.owner
          and (older.created_at, older.id) < (chosen.created_at, chosen.id)
      )
      select id, (select max(owner) from mine) as last, (select count(*)::int from mine) as count
      from with_older order by created_at, id limit ${room}
    `.execute(trx);
    const [{ last, count } = { last: '', count: 0 }] = rows;
    this.reached.set(urgency, count < owners ? '' : last);
    return rows.map(({ id }) => id);
  }
}
