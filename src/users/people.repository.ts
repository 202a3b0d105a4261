import { Injectable } from '@nestjs/common';
import { sql, type Kysely } from 'kysely';

/** A user with what they are known by in one organization. */
export interface PersonOfOrganization {
  readonly userId: string;
  readonly email: string;
  /** The subjects that connections of the organization gave them. */
  readonly idpIds: readonly string[];
}

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
    const { rows } = await sql<{ user_id: string; email: string; idp_ids: string[] }>`
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
      select users.id as user_id, users.email, array(
        select idp_id from user_identities as identity
        where identity.user_id = users.id and identity.organization_id = ${organizationId}
      ) as idp_ids
      from found join users on users.id = found.user_id
      where users.deleted_at is null
      order by users.id
    `.execute(db);
    return rows.map(({ user_id: userId, email, idp_ids: found }) => ({ userId, email, idpIds: found }));
  }

  /** The ids of all members. */
  async members(db: Kysely<Record<never, never>>, organizationId: string): Promise<string[]> {
    const { rows } = await sql<{ user_id: string }>`
      select user_id from memberships where organization_id = ${organizationId} order by user_id
    `.execute(db);
    return rows.map((row) => row.user_id);
  }
}
