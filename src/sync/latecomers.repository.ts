import { Injectable } from '@nestjs/common';
import { sql, type Kysely } from 'kysely';
import { OWNED } from '../organizations/resolve-connection.js';

export interface Latecomer {
  readonly organizationId: string;
  readonly userId: string;
}

/** Finds members who may be the same person as another member, or whom a directory may mean, and are not linked. */
@Injectable()
export class LatecomersRepository {
  /**
   * One for each address that has two accounts in an organization which owns its domain, or an account and a directory record
   * that is linked to nobody.
   * @param domain of addresses at this domain alone, in canonical form
   */
  async find(
    db: Kysely<Record<never, never>>,
    domain: string | null,
    limit: number | null = null,
  ): Promise<Latecomer[]> {
    const { rows } = await sql<Latecomer>`
      with own as (
        select organization_id, domain from organization_domains
        where state = any(${[...OWNED]}::text[]) and (${domain}::text is null or domain = ${domain})
      ), account as (
        select member.organization_id, member.user_id, lower(person.email) as email
        from memberships as member
        join users as person on person.id = member.user_id and person.deleted_at is null
        join own on own.organization_id = member.organization_id
          and own.domain = split_part(lower(person.email), '@', 2)
        where member.same_as is null
      )
      select organization_id as "organizationId", min(user_id) as "userId" from account
      group by organization_id, email having count(*) > 1
      union
      select account.organization_id, account.user_id from account
      join directory_users as record on record.organization_id = account.organization_id
        and record.email = account.email and record.user_id is null and record.deleted_at is null
      order by 1, 2 limit ${limit}
    `.execute(db);
    return rows;
  }
}
