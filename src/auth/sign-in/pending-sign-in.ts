import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Random } from '../../common/random.js';
import type { KeyRing } from '../../crypto/key-ring.js';

/** Milliseconds in which a sign-in must be finished. */
export const SIGN_IN_LIFETIME = 600_000;

const pendingSignIn = z.object({
  state: z.string(),
  codeVerifier: z.string(),
  returnTo: z.string(),
  /** What the returned profile must belong to. `null`: whatever WorkOS says. */
  organizationId: z.string().nullable(),
  connectionId: z.string().nullable(),
  /** A social sign-in of standalone SSO: the profile must belong to no organization. */
  withoutOrganization: z.boolean(),
  /** Began at the identity provider: it may not take the place of another user's session. */
  idpInitiated: z.boolean(),
  /** The identity provider was told to ask for the person's own proof. */
  reauthenticate: z.boolean().default(false),
  /** Set while the person chooses an organization. */
  pendingToken: z.string().optional(),
  organizations: z.array(z.object({ id: z.string(), name: z.string() })).optional(),
});

/** A sign-in under way, sealed into a cookie of its own in the browser that began it. */
export type PendingSignIn = z.infer<typeof pendingSignIn>;

const STATE = /^([0-9a-f]{8})\.([0-9a-z]{8,10})\.([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{43})$/;

export type StateReading =
  | { readonly kind: 'valid'; readonly flowId: string; readonly startedAt: number }
  | { readonly kind: 'expired'; readonly flowId: string }
  | { readonly kind: 'invalid' };

/**
 * A new `state`: flow id, time, 256 random bits, and a signature over them, so that an old or a made-up one is told
 * apart without keeping anything. The flow id names the cookie; it is no secret.
 */
export function newState(keys: KeyRing, random: Random, now: Date): string {
  const body = `${random.bytes(4).toString('hex')}.${now.getTime().toString(36)}.${random.secret()}`;
  return `${body}.${keys.sign('state', body)}`;
}

export function readState(state: string, keys: KeyRing, now: Date): StateReading {
  const match = STATE.exec(state);
  const [, flowId, time, , signature] = match ?? [];
  if (flowId === undefined || time === undefined || signature === undefined) return { kind: 'invalid' };
  const body = state.slice(0, state.length - signature.length - 1);
  if (!keys.verify('state', body, signature)) return { kind: 'invalid' };
  const startedAt = Number.parseInt(time, 36);
  return now.getTime() - startedAt < SIGN_IN_LIFETIME
    ? { kind: 'valid', flowId, startedAt }
    : { kind: 'expired', flowId };
}

export function sealPending(pending: PendingSignIn, keys: KeyRing): Promise<string> {
  return keys.seal('sign-in', JSON.stringify(pending));
}

/**
 * The sign-in in the cookie, if it is the one that `state` belongs to. One that another version of the service sealed
 * in another shape does not count: the person starts again.
 */
export async function unsealPending(
  cookie: string,
  state: string,
  keys: KeyRing,
): Promise<PendingSignIn | null> {
  const text = await keys.unseal('sign-in', cookie);
  if (text === null) return null;
  const pending = pendingSignIn.safeParse(JSON.parse(text));
  return pending.success && sameText(pending.data.state, state) ? pending.data : null;
}

/** RFC 7636, section 4.2, S256. */
export function codeChallenge(codeVerifier: string): string {
  return createHash('sha256').update(codeVerifier).digest('base64url');
}

function sameText(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
