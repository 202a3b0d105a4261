import type { Transaction } from 'kysely';

type Tables = { tombstones: { object_id: string; deleted_at: Date } };

/** A transaction of the database, before a feature names its tables with `withTables`. */
export type MirrorTransaction = Transaction<Record<never, never>>;

/** True where one of these objects was deleted: whatever tells of it now is late. WorkOS's ids are never given twice. */
export async function isBuried(
  trx: MirrorTransaction,
  objectIds: readonly (string | null)[],
): Promise<boolean> {
  const ids = objectIds.filter((id) => id !== null);
  if (ids.length === 0) return false;
  const row = await trx
    .withTables<Tables>()
    .selectFrom('tombstones')
    .select('object_id')
    .where('object_id', 'in', ids)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Remembers that an object was deleted. @returns false where that was known */
export async function bury(trx: MirrorTransaction, objectId: string, deletedAt: Date): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .withTables<Tables>()
    .insertInto('tombstones')
    .values({ object_id: objectId, deleted_at: deletedAt })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}
