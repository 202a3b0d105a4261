import type { Stack } from './stack.js';

export interface SessionRow {
  readonly version: number;
  readonly tokens: unknown;
  readonly claimedUntil: Date | null;
}

/** The newest session of a person, as it is stored. */
export async function sessionRowOf(stack: Stack, email: string): Promise<SessionRow> {
  const [row] = await stack.query<{ version: number; tokens: unknown; claimed_until: Date | null }>(
    `select version, data -> 'tokens' as tokens, claimed_until from sessions
     where data -> 'user' ->> 'email' = $1 order by id desc limit 1`,
    [email],
  );
  if (!row) throw new Error(`${email} has no session`);
  return { version: row.version, tokens: row.tokens, claimedUntil: row.claimed_until };
}

export async function versionOf(stack: Stack, email: string): Promise<number> {
  return (await sessionRowOf(stack, email)).version;
}
