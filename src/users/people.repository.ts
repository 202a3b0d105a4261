import { Injectable } from '@nestjs/common';
import { sql, type Kysely, type Transaction } from 'kysely';
import { emailKey } from '../identity/email-key.js';
import { takePersonTurn } from './person-turn.js';

/** A user with what they are known by in one organization. */
export interface PersonOfOrganization {
  readonly userId: string;
  readonly email: string;
  /** The subjects that connections of the organization gave them. */
  readonly idpIds: readonly string[];
  /** The account that the same person signs in by, where it is another one. */
  readonly sameAs: string | null;
  readonly isMember: boolean;
}

export interface MemberOfOrganization extends Pick<PersonOfOrganization, 'userId' | 'sameAs'> {
  /** `null` where the membership was heard of before the user. */
  readonly email: string | null;
}

/** Members a step. */
const PAGE = 1000;

/** Finds the people of an organization. Nobody is a person of it by their e-mail alone: they are members, or came through it. */
@Injectable()
export class PeopleRepository {
  /** Those with one of these subjects, or with one of these addresses in lower case. Through indexes. */
  async find(
    db: Kysely<Record<never, never>>,
    organizationId: string,
    keys: {
      readonly userIds?: readonly string[];
      readonly idpIds?: readonly string[];
      readonly emails?: readonly string[];
    },
  ): Promise<PersonOfOrganization[]> {
    const { userIds = [], idpIds = [], emails = [] } = keys;
    const { rows } = await sql<PersonOfOrganization>`
      with found as (
        select user_id from user_identities
          where organization_id = ${organizationId} and idp_id = any(${[...idpIds]}::text[])
        union
        select member.user_id from users join memberships as member
          on member.organization_id = ${organizationId} and member.user_id = users.id
          where lower(users.email) = any(${[...emails]}::text[])
        union
        select member.user_id from memberships as member
          where member.organization_id = ${organizationId} and member.user_id = any(${[...userIds]}::text[])
      )
      select users.id as "userId", users.email, array(
        select idp_id from user_identities as identity
        where identity.user_id = users.id and identity.organization_id = ${organizationId}
      ) as "idpIds", member.same_as as "sameAs", member.user_id is not null as "isMember"
      from found join users on users.id = found.user_id
      left join memberships as member
        on member.organization_id = ${organizationId} and member.user_id = users.id
      where users.deleted_at is null
      order by users.id
    `.execute(db);
    return rows;
  }

  /** Takes the turn at what somebody may have in common with others of an organization, member of it or not yet. */
  async takeTurnOf<Tables>(trx: Transaction<Tables>, organizationId: string, userId: string): Promise<void> {
    const { rows } = await sql<{ email: string; idpIds: string[] }>`
      select email, array(
        select idp_id from user_identities where user_id = users.id and organization_id = ${organizationId}
      ) as "idpIds"
      from users where id = ${userId}
    `.execute(trx);
    for (const { email, idpIds } of rows)
      await takePersonTurn(trx, organizationId, { idpIds, emails: [emailKey(email)] });
  }

  /** Makes two accounts one person, who is known by `main` from then on. */
  async unite(
    trx: Kysely<Record<never, never>>,
    organizationId: string,
    main: string,
    other: string,
  ): Promise<void> {
    await sql`
      update memberships set same_as = nullif(${main}::text, user_id)
      where organization_id = ${organizationId} and user_id in (${main}, ${other})
    `.execute(trx);
  }

  /** Their directory is gone: what they hold beside a session waits until they have signed in again. */
  async loseDirectory(
    trx: Kysely<Record<never, never>>,
    organizationId: string,
    userIds: readonly string[],
    at: Date,
  ): Promise<void> {
    await sql`
      update memberships set without_directory_since = ${at} from (
        select organization_id, user_id from memberships
        where organization_id = ${organizationId} and user_id = any(${[...userIds]}::text[])
        order by user_id for update
      ) as lost
      where memberships.organization_id = lost.organization_id and memberships.user_id = lost.user_id
    `.execute(trx);
  }

  /** The account that the person signs in by who has this one. */
  async personOf(db: Kysely<Record<never, never>>, organizationId: string, userId: string): Promise<string> {
    const { rows } = await sql<{ same_as: string | null }>`
      select same_as from memberships where organization_id = ${organizationId} and user_id = ${userId}
    `.execute(db);
    return rows[0]?.same_as ?? userId;
  }

  /** Where WorkOS has a person who signs in by another account: the state of its membership. */
  async statusAtWorkos(
    trx: Kysely<Record<never, never>>,
    organizationId: string,
    userId: string,
  ): Promise<string | null> {
    const { rows } = await sql<{ status: string }>`
      select status from memberships where organization_id = ${organizationId} and same_as = ${userId}
      and version <> ''
    `.execute(trx);
    return rows[0]?.status ?? null;
  }

  /** All members of an organization, some at a time: it may have very many. Whoever has two accounts is there by both. */
  async *members(
    db: Kysely<Record<never, never>>,
    organizationId: string,
  ): AsyncGenerator<MemberOfOrganization[], void> {
    for (let last: string | undefined = ''; last !== undefined;) {
      const { rows }: { rows: MemberOfOrganization[] } = await sql<MemberOfOrganization>`
        with page as materialized (
          select user_id, same_as from memberships
          where organization_id = ${organizationId} and user_id > ${last} order by user_id limit ${PAGE}
        )
        select page.user_id as "userId", users.email, page.same_as as "sameAs"
        from page left join users on users.id = page.user_id order by page.user_id
      `.execute(db);
      if (rows.length > 0) yield rows;
      last = rows.at(-1)?.userId;
    }
  }
}
