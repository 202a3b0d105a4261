import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { WorkosEventData } from '../identity/workos-event.js';
import { bury, isBuried, type MirrorTransaction } from '../mirror/tombstones.js';
import { takeTurn, takeTurnBelow } from '../mirror/turns.js';
import { recordOf } from './directory-records.repository.js';
import type { DirectoryTables } from './directory-tables.js';
import { emailKey } from '../identity/email-key.js';
import type { DirectoryRecord } from './link-people.js';
import { isElsewhere } from './whereabouts.js';

export type DirectoryAccount = WorkosEventData<'dsync.activated'>;
export type DirectoryUserAccount = WorkosEventData<'dsync.user.updated'>;

/** The address of a directory user, as it is compared. */
export function addressOf({ email, emails }: DirectoryUserAccount): string | null {
  return emailKey(email ?? emails?.find(({ primary }) => primary)?.value);
}

/**
 * Carries over what WorkOS tells of directories and the people in them. An older account changes nothing, a deletion is
 * final, and a record never changes its directory or its organization.
 */
@Injectable()
export class DirectoryMirrorRepository {
  /** @returns false where nothing changed */
  async saveDirectory(
    trx: MirrorTransaction,
    directory: DirectoryAccount,
    version: string,
  ): Promise<boolean> {
    const { id, organization_id: organizationId = null, name, type, state } = directory;
    await takeTurnBelow(trx, [organizationId]);
    if (await isBuried(trx, [id, organizationId])) return false;
    const values = { name, type, state, version };
    const { numInsertedOrUpdatedRows } = await trx
      .withTables<DirectoryTables>()
      .insertInto('directories')
      .values({ id, organization_id: organizationId, ...values })
      .onConflict((conflict) =>
        conflict
          .column('id')
          .doUpdateSet(values)
          .where('directories.version', '<', version)
          .where('directories.organization_id', 'is not distinct from', organizationId),
      )
      .executeTakeFirst();
    return (numInsertedOrUpdatedRows ?? 0n) > 0n;
  }

  /**
   * To be followed by `clearDirectory`.
   * @returns whose it was; `null` where it is another organization's, or was deleted before
   */
  async deleteDirectory(
    trx: MirrorTransaction,
    { id, organization_id: organizationId = null }: DirectoryAccount,
    at: Date,
  ): Promise<{ organizationId: string | null } | null> {
    await takeTurn(trx, [id]);
    const known = await trx
      .withTables<DirectoryTables>()
      .selectFrom('directories')
      .select('organization_id')
      .where('id', '=', id)
      .executeTakeFirst();
    const owner = known?.organization_id ?? organizationId;
    if (organizationId !== null && organizationId !== owner) return null;
    return (await bury(trx, id, at)) ? { organizationId: owner } : null;
  }

  /** Removes a directory and all that it held: WorkOS tells of no user and no group of it. */
  async clearDirectory(trx: MirrorTransaction, id: string): Promise<void> {
    await this.clear(trx, 'directory_id', id);
    await trx.withTables<DirectoryTables>().deleteFrom('directories').where('id', '=', id).execute();
  }

  /** All that the directories of an organization held which is no more. The caller has its turn. */
  async deleteAllOf(trx: MirrorTransaction, organizationId: string): Promise<void> {
    await this.clear(trx, 'organization_id', organizationId);
    await trx
      .withTables<DirectoryTables>()
      .deleteFrom('directories')
      .where('organization_id', '=', organizationId)
      .execute();
  }

  /** @returns the record as it is now, `null` where nothing changed */
  async saveUser(
    trx: MirrorTransaction,
    user: DirectoryUserAccount,
    version: string,
  ): Promise<DirectoryRecord | null> {
    const { id, directory_id: directoryId, organization_id: organizationId } = user;
    await takeTurnBelow(trx, [directoryId, organizationId]);
    if (await isBuried(trx, [id, directoryId, organizationId])) {
      await this.leaveGroups(trx, id);
      return null;
    }
    return this.upsertUser(trx, user, version, null);
  }

  /**
   * The record stays, marked: whom it means is refused for as long as the directory is there.
   * @returns the record as it is now, `null` where nothing changed
   */
  async deleteUser(
    trx: MirrorTransaction,
    user: DirectoryUserAccount,
    version: string,
    at: Date,
  ): Promise<DirectoryRecord | null> {
    const { id, directory_id: directoryId, organization_id: organizationId } = user;
    await takeTurnBelow(trx, [directoryId, organizationId]);
    await takeTurn(trx, [id]);
    if (await isElsewhere(trx, 'directory_users', user)) return null;
    const above = await isBuried(trx, [directoryId, organizationId]);
    const news = await bury(trx, id, at);
    await this.leaveGroups(trx, id);
    return news && !above ? this.upsertUser(trx, user, version, at) : null;
  }

  private async upsertUser(
    trx: MirrorTransaction,
    user: DirectoryUserAccount,
    version: string,
    deletedAt: Date | null,
  ): Promise<DirectoryRecord | null> {
    const { id, directory_id: directoryId, organization_id: organizationId } = user;
    const values = {
      idp_id: user.idp_id,
      email: addressOf(user),
      first_name: user.first_name ?? null,
      last_name: user.last_name ?? null,
      state: user.state,
      version,
      deleted_at: deletedAt,
    };
    const row = await trx
      .withTables<DirectoryTables>()
      .insertInto('directory_users')
      .values({ id, directory_id: directoryId, organization_id: organizationId, ...values })
      .onConflict((conflict) => {
        const update = conflict
          .column('id')
          .doUpdateSet(values)
          .where('directory_users.directory_id', '=', directoryId)
          .where('directory_users.organization_id', '=', organizationId);
        return deletedAt === null ? update.where('directory_users.version', '<', version) : update;
      })
      .returningAll()
      .executeTakeFirst();
    return row ? recordOf(row) : null;
  }

  /** Groups may have been heard of before the person was, whose deletion that then outlived. */
  private async leaveGroups(trx: MirrorTransaction, recordId: string): Promise<void> {
    await trx
      .withTables<DirectoryTables>()
      .deleteFrom('directory_group_members')
      .where('directory_user_id', '=', recordId)
      .execute();
  }

  private async clear(
    trx: MirrorTransaction,
    column: 'directory_id' | 'organization_id',
    id: string,
  ): Promise<void> {
    const db = trx.withTables<DirectoryTables>();
    const owner = sql.ref(column);
    // One index for each, and arrays so that it is used: else it may be a scan of all members of all organizations.
    await sql`delete from directory_group_members where group_id = any(array
      (select id from directory_groups where ${owner} = ${id}))`.execute(db);
    await sql`delete from directory_group_members where directory_user_id = any(array
      (select id from directory_users where ${owner} = ${id}))`.execute(db);
    await db.deleteFrom('directory_groups').where(column, '=', id).execute();
    await db.deleteFrom('directory_users').where(column, '=', id).execute();
  }
}
