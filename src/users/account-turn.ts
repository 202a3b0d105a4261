import { sql, type Transaction } from 'kysely';
import type { ExternalIdentity } from '../identity/identity-provider.port.js';

/**
 * Lets one transaction at a time, on all nodes, make or end the user of an account: WorkOS's events tell of people at the very
 * moment at which they sign in for the first time.
 */
export async function takeAccountTurn<Tables>(
  trx: Transaction<Tables>,
  account: ExternalIdentity['account'],
): Promise<void> {
  const key = account.kind === 'user' ? account.userId : `${account.connectionId}\n${account.idpId}`;
  await sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`.execute(trx);
}
