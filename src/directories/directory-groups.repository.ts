import { Injectable } from '@nestjs/common';
import type { WorkosEventData } from '../identity/workos-event.js';
import { bury, isBuried, type MirrorTransaction } from '../mirror/tombstones.js';
import { takeTurn, takeTurnBelow } from '../mirror/turns.js';
import type { DirectoryTables } from './directory-tables.js';
import { isElsewhere } from './whereabouts.js';

export type DirectoryGroupAccount = WorkosEventData<'dsync.group.updated'>;
export type GroupMemberAccount = WorkosEventData<'dsync.group.user_added'>;

/** Carries over what WorkOS tells of a directory's groups and who is in them. */
@Injectable()
export class DirectoryGroupsRepository {
  /** @returns false where nothing changed */
  async save(trx: MirrorTransaction, group: DirectoryGroupAccount, version: string): Promise<boolean> {
    const { id, directory_id: directoryId, organization_id: organizationId, name } = group;
    await takeTurnBelow(trx, [directoryId, organizationId]);
    if (await isBuried(trx, [id, directoryId, organizationId])) {
      await this.forgetMembers(trx, id);
      return false;
    }
    const values = { name, version };
    const { numInsertedOrUpdatedRows } = await trx
      .withTables<DirectoryTables>()
      .insertInto('directory_groups')
      .values({ id, directory_id: directoryId, organization_id: organizationId, ...values })
      .onConflict((conflict) =>
        conflict
          .column('id')
          .doUpdateSet(values)
          .where('directory_groups.version', '<', version)
          .where('directory_groups.directory_id', '=', directoryId)
          .where('directory_groups.organization_id', '=', organizationId),
      )
      .executeTakeFirst();
    return (numInsertedOrUpdatedRows ?? 0n) > 0n;
  }

  /** Removes a group with its members: WorkOS tells of none of them. */
  async delete(trx: MirrorTransaction, group: DirectoryGroupAccount, at: Date): Promise<void> {
    const { id, directory_id: directoryId, organization_id: organizationId } = group;
    await takeTurnBelow(trx, [directoryId, organizationId]);
    await takeTurn(trx, [id]);
    if (await isElsewhere(trx, 'directory_groups', group)) return;
    await bury(trx, id, at);
    await trx.withTables<DirectoryTables>().deleteFrom('directory_groups').where('id', '=', id).execute();
    await this.forgetMembers(trx, id);
  }

  /**
   * Somebody came into a group or left it. Neither changes the time of the group or of the person: the version is of the
   * event.
   * @returns false where nothing changed
   */
  async saveMember(
    trx: MirrorTransaction,
    { directory_id: directoryId, group, user }: GroupMemberAccount,
    present: boolean,
    version: string,
  ): Promise<boolean> {
    // A person of one directory is in no group of another.
    if (group.organization_id !== user.organization_id) return false;
    if (group.directory_id !== directoryId || user.directory_id !== directoryId) return false;
    if (await isElsewhere(trx, 'directory_groups', group)) return false;
    if (await isElsewhere(trx, 'directory_users', user)) return false;
    const above = [group.id, user.id, directoryId, group.organization_id];
    await takeTurnBelow(trx, above);
    if (await isBuried(trx, above)) return false;
    const { numInsertedOrUpdatedRows } = await trx
      .withTables<DirectoryTables>()
      .insertInto('directory_group_members')
      .values({ group_id: group.id, directory_user_id: user.id, present, version })
      .onConflict((conflict) =>
        conflict
          .columns(['group_id', 'directory_user_id'])
          .doUpdateSet({ present, version })
          .where('directory_group_members.version', '<', version),
      )
      .executeTakeFirst();
    return (numInsertedOrUpdatedRows ?? 0n) > 0n;
  }

  /** Members may have been heard of before the group was, whose deletion they then outlived. */
  private async forgetMembers(trx: MirrorTransaction, groupId: string): Promise<void> {
    await trx
      .withTables<DirectoryTables>()
      .deleteFrom('directory_group_members')
      .where('group_id', '=', groupId)
      .execute();
  }
}
