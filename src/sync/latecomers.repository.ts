import { Injectable } from '@nestjs/common';
import { sql, type RawBuilder } from 'kysely';
import { Database } from '../database/database.js';
import type { MirrorTransaction } from '../mirror/tombstones.js';
import { OWNED } from '../organizations/resolve-connection.js';

/** A member, as the key of the memberships has it. */
export interface MemberKey {
  readonly organizationId: string;
  readonly userId: string;
}

export interface Latecomer extends MemberKey {
  /** Of their address: one that the organization has had verified. */
  readonly domain: string;
}

interface Page {
  readonly latecomers: readonly Latecomer[];
  /** The last member that was looked at. */
  readonly last: MemberKey;
}

/** In the outbox, beside the kinds of others: each reader takes its own. */
const REQUEST = 'latecomers';
/** Members whom one statement looks at, however many an organization has. */
const PAGE = 1000;

/** Finds members who could be linked, to their other account or to a directory record, and are not. */
@Injectable()
export class LatecomersRepository {
  constructor(private readonly database: Database) {}

  /** @returns whether it is the caller's turn to look at everybody; then it is nobody else's until then */
  async claimLook(now: Date, until: Date): Promise<boolean> {
    const { rows } = await sql`
      insert into leases (name, until) values ('latecomers', ${until})
      on conflict (name) do update set until = excluded.until where leases.until <= ${now} returning name
    `.execute(this.database);
    return rows.length > 0;
  }

  /** Asks, inside the caller's transaction, for a look at everybody at a domain (in canonical form). */
  async request(trx: MirrorTransaction, domain: string, at: Date): Promise<void> {
    await sql`
      insert into revocation_outbox (kind, subject_id, reason, requested_at)
      values (${REQUEST}, ${domain}, 'domain_changed', ${at})
    `.execute(trx);
  }

  /** The domains that were asked for, each with its requests: another node may have the same in hand, which does no harm. */
  async requested(): Promise<Map<string, string[]>> {
    const { rows } = await sql<{ domain: string; ids: string[] }>`
      select subject_id as domain, array_agg(id::text) as ids from revocation_outbox
      where kind = ${REQUEST} and done_at is null group by subject_id
    `.execute(this.database);
    return new Map(rows.map(({ domain, ids }) => [domain, ids]));
  }

  async done(ids: readonly string[]): Promise<void> {
    await sql`delete from revocation_outbox where id = any(${[...ids]}::bigint[])`.execute(this.database);
  }

  /** Those among the next members of all organizations, or of this one. `null` where there are no more. */
  async after({ organizationId, userId }: MemberKey, alone?: string): Promise<Page | null> {
    const behind = sql`(organization_id, user_id) > (${organizationId}, ${userId})`;
    return this.among(alone === undefined ? behind : sql`${behind} and organization_id = ${alone}`);
  }

  /** Every organization that has had the domain (in canonical form) verified. */
  async ownersOf(domain: string): Promise<string[]> {
    const { rows } = await sql<{ organization_id: string }>`
      select distinct organization_id from organization_domains
      where domain = ${domain} and state = any(${[...OWNED]}::text[]) order by organization_id
    `.execute(this.database);
    return rows.map((row) => row.organization_id);
  }

  private async among(members: RawBuilder<unknown>): Promise<Page | null> {
    const { rows } = await sql<Page>`
      with page as materialized (
        select organization_id, user_id, same_as from memberships
        where ${members} order by organization_id, user_id limit ${PAGE}
      ), account as materialized (
        select page.*, lower(person.email) as email, own.domain
        from page join users as person on person.id = page.user_id and person.deleted_at is null
        join organization_domains as own on own.organization_id = page.organization_id
          and own.domain = split_part(lower(person.email), '@', 2) and own.state = any(${[...OWNED]}::text[])
      )
      select jsonb_build_object('organizationId', organization_id, 'userId', user_id) as last, (
        select coalesce(jsonb_agg(jsonb_build_object(
          'organizationId', organization_id, 'userId', user_id, 'domain', domain
        ) order by organization_id, user_id), '[]') from account where ${hasOtherAccount} or ${hasRecord}
      ) as latecomers
      from page order by organization_id desc, user_id desc limit 1
    `.execute(this.database);
    return rows[0] ?? null;
  }
}

const isProfile = (alias: string) => sql`exists (
  select from user_identities as identity
  where identity.user_id = ${sql.ref(`${alias}.user_id`)}
    and identity.organization_id = ${sql.ref(`${alias}.organization_id`)}
)`;

const isHalf = (alias: string) => sql`(${sql.ref(`${alias}.same_as`)} is not null or exists (
  select from memberships as half
  where half.organization_id = ${sql.ref(`${alias}.organization_id`)}
    and half.same_as = ${sql.ref(`${alias}.user_id`)}
))`;

/** What `matchAccounts` would make one: a profile, and the only other account with its address, which is none. */
const hasOtherAccount = sql`(${isProfile('account')} and not ${isHalf('account')} and exists (
  select from memberships as other join users on users.id = other.user_id
  where other.organization_id = account.organization_id and other.user_id <> account.user_id
    and lower(users.email) = account.email and users.deleted_at is null and not ${isHalf('other')}
  having count(*) = 1 and not bool_or(${isProfile('other')}) and not bool_or(exists (
    select from directory_users as own join directory_users as theirs on theirs.directory_id = own.directory_id
    where own.user_id = account.user_id and theirs.user_id = other.user_id
      and own.organization_id = account.organization_id and own.deleted_at is null and theirs.deleted_at is null
  ))
))`;

/**
 * What `linkPeople` would link: no other record of its directory could mean them, and it could mean nobody else. One that is
 * deleted, where no record that lives says more of them.
 */
const hasRecord = sql`exists (
  select from directory_users as record
  where record.organization_id = account.organization_id and record.email = account.email
    and record.user_id is null
    and not exists (
      select from directory_users as rival
      where rival.organization_id = record.organization_id and rival.email = record.email and rival.id <> record.id
        and rival.directory_id = record.directory_id and rival.user_id is null
        and rival.deleted_at is null and record.deleted_at is null
    ) and not exists (
      select from directory_users as taken
      where taken.user_id = coalesce(account.same_as, account.user_id) and taken.deleted_at is null
        and case when record.deleted_at is null then taken.directory_id = record.directory_id
          else taken.organization_id = record.organization_id end
    ) and not exists (
      select from memberships as other join users on users.id = other.user_id
      where other.organization_id = record.organization_id and lower(users.email) = record.email
        and users.deleted_at is null
        and coalesce(other.same_as, other.user_id) <> coalesce(account.same_as, account.user_id)
    )
)`;
