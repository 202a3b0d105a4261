import { sql, type QueryExecutorProvider } from 'kysely';
import { SUBJECT_KINDS } from '../bus/invalidation-bus.port.js';

/** Members wait behind those of their own organization alone, whatever another one has waiting. As in the index. */
const owner = sql`(case kind when 'member' then 'member ' || split_part(subject_id, ':', 1) else kind end)`;

export interface WaitingRevocation {
  readonly id: string;
  readonly owner: string;
  readonly kind: string;
  readonly subject_id: string;
  readonly reason: string;
}

/** Who has something waiting, in their order: one step of the index for each, however much that is. */
export async function ownersBehind(
  trx: QueryExecutorProvider,
  after: string,
  limit: number,
): Promise<string[]> {
  const { rows } = await sql<{ owner: string }>`
    with recursive owners as (
      (select ${owner} as owner from revocation_outbox
        where done_at is null and ${owner} > ${after} order by ${owner} limit 1)
      union all
      select (select ${owner} from revocation_outbox
        where done_at is null and ${owner} > owners.owner order by ${owner} limit 1)
      from owners where owners.owner is not null
    )
    select owner from owners where owner is not null limit ${limit}
  `.execute(trx);
  return rows.map((row) => row.owner);
}

/**
 * The next rows of each of these owners, the same number of each, without those that another node has. They are the
 * caller's until `trx` ends.
 * @param reached the last row that was seen of each
 */
export async function takeOf(
  trx: QueryExecutorProvider,
  owners: readonly string[],
  reached: ReadonlyMap<string, string>,
  limit: number,
): Promise<WaitingRevocation[]> {
  // A newer version may know more kinds; its nodes see to those.
  const known = owners.filter((name) => SUBJECT_KINDS.some((kind) => name.split(' ')[0] === kind));
  if (known.length === 0) return [];
  const after = known.map((name) => reached.get(name) ?? '0');
  const { rows } = await sql<WaitingRevocation>`
    select next.*, of.owner from unnest(${known}::text[], ${after}::bigint[]) as of (owner, reached)
    cross join lateral (
      select id, kind, subject_id, reason from revocation_outbox
      where done_at is null and ${owner} = of.owner and id > of.reached
      order by id limit ${Math.floor(limit / known.length)} for update skip locked
    ) as next order by of.owner, next.id
  `.execute(trx);
  return rows;
}
