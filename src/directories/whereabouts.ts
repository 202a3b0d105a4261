import type { MirrorTransaction } from '../mirror/tombstones.js';
import type { DirectoryTables } from './directory-tables.js';

/** Where a directory says that something of it is. */
export interface Whereabouts {
  readonly id: string;
  readonly directory_id: string;
  readonly organization_id: string;
}

/**
 * True for a record or a group that is known to be of another directory: nothing moves from one to another, so such an
 * account is not believed, whoever made it up.
 */
export async function isElsewhere(
  trx: MirrorTransaction,
  table: 'directory_users' | 'directory_groups',
  { id, directory_id: directoryId, organization_id: organizationId }: Whereabouts,
): Promise<boolean> {
  const known = await trx
    .withTables<DirectoryTables>()
    .selectFrom(table)
    .select(['directory_id', 'organization_id'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (!known) return false;
  return known.directory_id !== directoryId || known.organization_id !== organizationId;
}
