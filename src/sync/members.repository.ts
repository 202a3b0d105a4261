import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Config } from '../config/config.js';
import { Database } from '../database/database.js';
import type { DirectoryTables } from '../directories/directory-tables.js';
import { OWNED } from '../organizations/resolve-connection.js';
import type { UserTables } from '../users/user-tables.js';

/** `deactivated`: by WorkOS, or by every directory that knows them. */
export type MemberStatus = 'active' | 'deactivated' | 'invited';

export interface StoredMember {
  readonly id: string;
  readonly email: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly profilePictureUrl: string | null;
  /** Those that WorkOS names. */
  readonly workosRoles: readonly string[];
  /** The copy's version; empty where no event told of the membership yet. */
  readonly version: string;
  readonly status: MemberStatus;
  /** A directory says whether they are there. */
  readonly directoryManaged: boolean;
  /** Somebody can sign in as them: with AuthKit everybody, else whoever came through a connection, is in a directory, or has an address of the organization. */
  readonly usable: boolean;
  /** They sign in by another account than the one that WorkOS gives roles to. */
  readonly hasTwoAccounts: boolean;
  /** Their directory is gone, and they have not signed in since. */
  readonly hasLostDirectory: boolean;
  /** Of their active records. */
  readonly groups: readonly { readonly id: string; readonly name: string }[];
}

/**
 * Members by organization, with what directories say of them. Somebody with two accounts is one member, found by either.
 * Every query names the organization.
 */
@Injectable()
export class MembersRepository {
  private readonly db;

  constructor(
    database: Database,
    @Inject(Config) private readonly config: Pick<Config, 'signIn'>,
  ) {
    this.db = database.withTables<UserTables & DirectoryTables>();
  }

  /** Newest first, those with an id below `cursor` alone. Through the key of the memberships. */
  list(organizationId: string, limit: number, cursor?: string): Promise<StoredMember[]> {
    const own = this.membersOf(organizationId);
    return (cursor === undefined ? own : own.where('member.user_id', '<', cursor))
      .orderBy('member.user_id', 'desc')
      .limit(limit)
      .execute();
  }

  find(organizationId: string, userId: string): Promise<StoredMember | undefined> {
    const main = sql<string>`coalesce((
      select same_as from memberships where organization_id = ${organizationId} and user_id = ${userId}
    ), ${userId})`;
    return this.membersOf(organizationId).where('member.user_id', '=', main).executeTakeFirst();
  }

  /** Those with this address, in whatever case. */
  findByEmail(organizationId: string, email: string): Promise<StoredMember[]> {
    return this.membersOf(organizationId)
      .where(sql`lower(person.email)`, '=', sql`lower(${email})`)
      .orderBy('member.user_id')
      .execute();
  }

  private membersOf(organizationId: string) {
    return (
      this.db
        .selectFrom('memberships as member')
        .innerJoin('users as person', 'person.id', 'member.user_id')
        .innerJoinLateral(
          (eb) =>
            eb
              .selectFrom('directory_users as record')
              .select([
                sql<boolean>`count(*) > 0`.as('known'),
                sql<boolean>`coalesce(bool_or(record.state = 'active' and record.deleted_at is null), false)`.as(
                  'active',
                ),
                sql<boolean>`coalesce(bool_or(record.deleted_at is null), false)`.as('managed'),
              ])
              .whereRef('record.user_id', '=', 'member.user_id')
              .whereRef('record.organization_id', '=', 'member.organization_id')
              .as('directory'),
          (join) => join.onTrue(),
        )
        // WorkOS's own account of whoever signs in by another one.
        .leftJoin('memberships as workos', (join) =>
          join
            .onRef('workos.organization_id', '=', 'member.organization_id')
            .onRef('workos.same_as', '=', 'member.user_id')
            .on('workos.version', '<>', ''),
        )
        .select([
          'person.id',
          'person.email',
          'person.first_name as firstName',
          'person.last_name as lastName',
          'person.profile_picture_url as profilePictureUrl',
          sql<string[]>`coalesce(workos.roles, member.roles)`.as('workosRoles'),
          sql<string>`coalesce(workos.version, member.version)`.as('version'),
          sql<boolean>`workos.user_id is not null`.as('hasTwoAccounts'),
          sql<boolean>`member.without_directory_since is not null`.as('hasLostDirectory'),
          'directory.managed as directoryManaged',
          this.config.signIn === 'authkit' ? sql<boolean>`true`.as('usable') : usable.as('usable'),
          sql<MemberStatus>`case
          when member.status = 'pending' then 'invited'
          when member.status <> 'active' or workos.status = 'inactive' or (directory.known and not directory.active) then 'deactivated'
          else 'active' end`.as('status'),
          groups.as('groups'),
        ])
        .where('member.organization_id', '=', organizationId)
        .where('member.same_as', 'is', null)
        .where('person.deleted_at', 'is', null)
    );
  }
}

const usable = sql<boolean>`directory.managed
  or exists (select from user_identities as identity where identity.user_id = member.user_id)
  or exists (select from organization_domains as own where own.organization_id = member.organization_id
    and own.state = any(${[...OWNED]}::text[]) and own.domain = split_part(lower(person.email), '@', 2))`;

const groups = sql<{ id: string; name: string }[]>`coalesce((
  select jsonb_agg(distinct jsonb_build_object('id', grp.id, 'name', grp.name))
  from directory_users as record
  join directory_group_members as entry on entry.directory_user_id = record.id and entry.present
  join directory_groups as grp on grp.id = entry.group_id and grp.organization_id = record.organization_id
  where record.user_id = member.user_id and record.organization_id = member.organization_id
    and record.state = 'active' and record.deleted_at is null
), '[]'::jsonb)`;
