import { sql, type Transaction } from 'kysely';

// Turns end with their transaction. Whatever is one change (an event, a sign-in) takes them in this order, so that two changes
// never wait for each other's turns. A batch of events may meet another one all the same: then each is carried over alone.
// 1. at an account (src/users/account-turn.ts)
// 2. below whatever the object belongs to
// 3. at the object itself
// 4. at a domain, by its name
// 5. at what people have in common, an address or a subject (src/users/person-turn.ts)
// Only then do they write rows of memberships, and of directories' records.

/** Keys are apart from those of other locks in the same database. */
const keyOf = (name: string) => `mirror ${name}`;

/**
 * Lets what belongs to these objects be written side by side, but not while one of them is being deleted: whoever looks for
 * a tombstone after this finds it, or is finished before the deletion looks for what belongs to it.
 */
export async function takeTurnBelow<Tables>(
  trx: Transaction<Tables>,
  objectIds: readonly (string | null | undefined)[],
): Promise<void> {
  const keys = sorted(objectIds);
  if (keys.length === 0) return;
  await sql`select pg_advisory_xact_lock_shared(hashtextextended(key, 0)) from unnest(${keys}::text[]) as key`.execute(
    trx,
  );
}

/** Keeps everybody else from these objects, and from what belongs to them, until the transaction ends. */
export async function takeTurn<Tables>(
  trx: Transaction<Tables>,
  objectIds: readonly (string | null | undefined)[],
): Promise<void> {
  const keys = sorted(objectIds);
  if (keys.length === 0) return;
  await sql`select pg_advisory_xact_lock(hashtextextended(key, 0)) from unnest(${keys}::text[]) as key`.execute(
    trx,
  );
}

/** Of one kind in one order. */
function sorted(objectIds: readonly (string | null | undefined)[]): string[] {
  return [...new Set(objectIds.filter((id) => id !== null && id !== undefined))].toSorted().map(keyOf);
}
