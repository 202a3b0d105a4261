import { z } from 'zod';

/** A minute at the least, so that nobody locks an organization out by a slip, thirty days at the most. */
const limit = z.number().int().min(60).max(2_592_000).nullable().describe('Seconds.');
const guests = z.enum(['allow', 'deny']);
const role = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'must be the slug of a role');
/** As a database keeps it: `jsonb` takes neither a NUL nor half a character. */
const group = z
  .string()
  .trim()
  .min(1)
  .max(256)
  .refine((name) => name.isWellFormed() && !name.includes('\0'), 'must be text that can be stored');
/** Entries. What an organization decides is read at every sign-in, and stands in its log whole. */
const MOST = 200;
const atMost = (entries: object) => Object.keys(entries).length <= MOST;
const tooMany = `must have ${MOST} entries at most`;

/**
 * What an organization may decide for itself. In a change, what is left out stays as it is; `null` leaves it to the service's
 * own setting.
 */
export const policyChange = z
  .strictObject({
    ssoRequired: z.exactOptional(
      z
        .boolean()
        .describe('Its people must come through its connection, and no other way in is open to them.'),
    ),
    guests: z.exactOptional(guests.nullable()),
    connectionGuests: z.exactOptional(
      z
        .record(z.string().regex(/^conn_[0-9A-Za-z]{1,64}$/), guests)
        .refine(atMost, tooMany)
        .describe('For one connection, in place of `guests`.'),
    ),
    idpInitiated: z.exactOptional(z.enum(['restart', 'allow', 'deny']).nullable()),
    idleTimeout: z.exactOptional(limit),
    absoluteTimeout: z.exactOptional(limit),
    justInTime: z.exactOptional(
      z
        .boolean()
        .describe('Somebody whom no directory and no membership knows may become a member by signing in.'),
    ),
    defaultRole: z.exactOptional(
      role.nullable().describe('What such a member may do where WorkOS names no role.'),
    ),
    groupRoles: z.exactOptional(
      z
        .record(group, role)
        .refine(atMost, tooMany)
        .describe('Directory group (its name or id) to the role that its members have.'),
    ),
    requiredGroups: z.exactOptional(
      z
        .array(group)
        .max(100)
        .describe(
          'Directory groups (name or id) of which a person must be in at least one; none: no group gates access.',
        ),
    ),
  })
  .meta({ id: 'PolicyChange' });

export type PolicyChange = z.infer<typeof policyChange>;

export const policy = policyChange.required().meta({ id: 'Policy' });

export type OrganizationPolicy = z.infer<typeof policy>;

export const DEFAULT_POLICY: OrganizationPolicy = {
  ssoRequired: false,
  guests: null,
  connectionGuests: {},
  idpInitiated: null,
  idleTimeout: null,
  absoluteTimeout: null,
  justInTime: true,
  defaultRole: null,
  groupRoles: {},
  requiredGroups: [],
};

/** What is stored: only what was ever set. A stored policy that a later version does not understand is an error, not a default. */
export function readPolicy(stored: unknown): OrganizationPolicy {
  return { ...DEFAULT_POLICY, ...policyChange.parse(stored ?? {}) };
}

/**
 * What becomes of guests.
 * @param connectionId what they come through; `null` where nobody says, or for a credential without a sign-in
 * @param otherwise what the service does where the organization has no word on it
 */
export function guestRule(
  { connectionGuests, guests: own }: OrganizationPolicy,
  connectionId: string | null,
  otherwise: 'allow' | 'deny',
): 'allow' | 'deny' {
  const ofConnection = connectionId === null ? undefined : connectionGuests[connectionId];
  return ofConnection ?? own ?? otherwise;
}
