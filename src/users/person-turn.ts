import type { Transaction } from 'kysely';
import { takeTurn } from '../mirror/turns.js';

/** What accounts and directory records of one person may have in common. */
export interface SharedKeys {
  readonly idpIds: readonly string[];
  /** As `emailKey` makes them. */
  readonly emails: readonly (string | null)[];
}

/**
 * Lets one transaction at a time, on all nodes, find out who is who among those who have something in common. To be called
 * before any of their rows is written: whoever has the turn writes the rows of all of them.
 */
export async function takePersonTurn<Tables>(
  trx: Transaction<Tables>,
  organizationId: string,
  { idpIds, emails }: SharedKeys,
): Promise<void> {
  const keys = [...idpIds.map((id) => `subject ${id}`), ...emails.map((email) => email && `email ${email}`)];
  await takeTurn(
    trx,
    keys.map((key) => key && `person ${organizationId} ${key}`),
  );
}
