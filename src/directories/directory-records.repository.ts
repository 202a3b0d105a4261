import { Injectable } from '@nestjs/common';
import { sql, type Selectable } from 'kysely';
import type { MirrorTransaction } from '../mirror/tombstones.js';
import type { DirectoryTables, Queries } from './directory-tables.js';
import type { DirectoryRecord } from './link-people.js';
import type { DirectoryGroup } from './standing.js';

/** What a record may be found by. */
export interface RecordKeys {
  readonly userIds: readonly string[];
  readonly idpIds: readonly string[];
  readonly emails: readonly string[];
}

/** Reads what directories say of people, inside one organization at a time. */
@Injectable()
export class DirectoryRecordsRepository {
  /** Every record of the organization that has one of these keys. Each is looked up through an index. */
  async find(db: Queries, organizationId: string, keys: RecordKeys): Promise<DirectoryRecord[]> {
    const rows = await db
      .withTables<DirectoryTables>()
      .selectFrom('directory_users')
      .selectAll()
      .where('organization_id', '=', organizationId)
      .where((eb) =>
        eb.or([
          eb('user_id', 'in', nonEmpty(keys.userIds)),
          eb('idp_id', 'in', nonEmpty(keys.idpIds)),
          eb('email', 'in', nonEmpty(keys.emails)),
        ]),
      )
      .orderBy('id')
      .execute();
    return rows.map(recordOf);
  }

  /** The groups that these records are in, each once, by name. */
  async groupsOf(db: Queries, recordIds: readonly string[]): Promise<DirectoryGroup[]> {
    if (recordIds.length === 0) return [];
    return db
      .withTables<DirectoryTables>()
      .selectFrom('directory_group_members as member')
      .innerJoin('directory_groups as group', 'group.id', 'member.group_id')
      .innerJoin('directory_users as record', 'record.id', 'member.directory_user_id')
      .select(['group.id', 'group.name'])
      .distinct()
      .where('member.directory_user_id', 'in', [...recordIds])
      .where('member.present', '=', true)
      .whereRef('group.organization_id', '=', 'record.organization_id')
      .orderBy('group.name')
      .orderBy('group.id')
      .execute();
  }

  /** The users whom the members of a group are linked to. */
  async linkedMembers(
    db: Queries,
    organizationId: string,
    groupId: string,
    recordId?: string,
  ): Promise<string[]> {
    const members = db
      .withTables<DirectoryTables>()
      .selectFrom('directory_group_members as member')
      .innerJoin('directory_users as record', 'record.id', 'member.directory_user_id')
      .select('record.user_id')
      .distinct()
      .where('member.group_id', '=', groupId)
      .where('record.organization_id', '=', organizationId)
      .where('record.user_id', 'is not', null)
      .$narrowType<{ user_id: string }>();
    const rows = await (
      recordId === undefined ? members : members.where('record.id', '=', recordId)
    ).execute();
    return rows.map((row) => row.user_id);
  }

  /** Those of these users who, by an active record, are in none of these groups, each named by its name or its id. */
  async outside(
    db: Queries,
    organizationId: string,
    userIds: readonly string[],
    groups: readonly string[],
  ): Promise<string[]> {
    const { rows } = await sql<{ user_id: string }>`
      select user_id from unnest(${[...userIds]}::text[]) as asked (user_id)
      where not exists (
        select from directory_users as record
        join directory_group_members as member on member.directory_user_id = record.id and member.present
          and member.group_id = any(array(
            select id from directory_groups where organization_id = ${organizationId}
              and (id = any(${[...groups]}::text[]) or name = any(${[...groups]}::text[]))
          ))
        where record.user_id = asked.user_id and record.organization_id = ${organizationId}
          and record.state = 'active' and record.deleted_at is null
      )
    `.execute(db);
    return rows.map((row) => row.user_id);
  }

  /** By what the records of a directory may mean somebody, those that are deleted too. */
  async keysIn(db: Queries, directoryId: string): Promise<{ idpId: string; email: string | null }[]> {
    return db
      .withTables<DirectoryTables>()
      .selectFrom('directory_users')
      .select(['idp_id as idpId', 'email'])
      .where('directory_id', '=', directoryId)
      .execute();
  }

  /**
   * Whom a directory has as active; of the others whom its records are linked to, and of those whom they may mean (`meant`), whoever
   * is active in no other directory of the organization.
   */
  async usersIn(
    db: Queries,
    directoryId: string,
    organizationId: string,
    meant: readonly string[],
  ): Promise<string[]> {
    const { rows } = await sql<{ user_id: string }>`
      with linked as (
        select user_id, state = 'active' and deleted_at is null as active from directory_users
        where directory_id = ${directoryId} and user_id is not null
      ), said as (
        select user_id from linked union select unnest(${[...meant]}::text[])
      )
      select user_id from linked where active
      union
      select user_id from said where not exists (
        select from directory_users as other
        where other.user_id = said.user_id and other.organization_id = ${organizationId}
          and other.directory_id <> ${directoryId} and other.state = 'active' and other.deleted_at is null
      )
      order by user_id
    `.execute(db);
    return rows.map((row) => row.user_id);
  }

  /** Links records to users, where they are still what they were when that was decided. */
  async link(
    trx: MirrorTransaction,
    links: readonly { readonly record: DirectoryRecord; readonly userId: string }[],
  ): Promise<void> {
    if (links.length === 0) return;
    const column = (of: (record: DirectoryRecord) => string | null) => links.map(({ record }) => of(record));
    await sql`
      update directory_users as record set user_id = link.user_id
      from unnest(
        ${column(({ id }) => id)}::text[], ${links.map(({ userId }) => userId)}::text[],
        ${column(({ idpId }) => idpId)}::text[], ${column(({ email }) => email)}::text[]
      ) as link (id, user_id, idp_id, email)
      where record.id = link.id and record.user_id is null
        and record.idp_id = link.idp_id and record.email is not distinct from link.email
    `.execute(trx);
  }

  /** Notes that it is not plain whom these records mean. @returns those of which it was not known */
  async leaveOpen(trx: MirrorTransaction, recordIds: readonly string[]): Promise<string[]> {
    if (recordIds.length === 0) return [];
    const rows = await trx
      .withTables<DirectoryTables>()
      .updateTable('directory_users')
      .set({ left_open: true })
      .where('id', 'in', recordIds)
      .where('left_open', '=', false)
      .returning('id')
      .execute();
    return rows.map(({ id }) => id);
  }

  /** Gives the records of one account to another one of the same person. */
  async move(trx: MirrorTransaction, organizationId: string, from: string, to: string): Promise<void> {
    await trx
      .withTables<DirectoryTables>()
      .updateTable('directory_users')
      .set({ user_id: to })
      .where('organization_id', '=', organizationId)
      .where('user_id', '=', from)
      .execute();
  }
}

/** `in ()` is no SQL. No id and no address is empty. */
function nonEmpty(values: readonly string[]): readonly string[] {
  return values.length === 0 ? [''] : values;
}

export function recordOf(row: Selectable<DirectoryTables['directory_users']>): DirectoryRecord {
  return {
    id: row.id,
    organizationId: row.organization_id,
    directoryId: row.directory_id,
    idpId: row.idp_id,
    email: row.email,
    active: row.state === 'active' && row.deleted_at === null,
    deleted: row.deleted_at !== null,
    userId: row.user_id,
  };
}
