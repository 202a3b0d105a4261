import { z } from 'zod';

/** Which connection this browser took last, for each of a few organizations: the latest first. */
const lastConnections = z.array(
  z.object({
    organizationId: z.string(),
    connectionId: z.string(),
    /** The sign-in through it has not come back: whoever starts another one may want another connection. */
    open: z.boolean(),
  }),
);

export type LastConnections = z.infer<typeof lastConnections>;
export type LastConnection = LastConnections[number];

/** More than anybody has at a time, and little enough for a cookie. */
const AT_MOST = 5;

/** What a cookie of another version says is as good as nothing. */
export function readLastConnections(text: string | null): LastConnections {
  if (text === null) return [];
  const parsed = lastConnections.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data.slice(0, AT_MOST) : [];
}

export function lastOf(known: LastConnections, organizationId: string): LastConnection | null {
  return known.find((last) => last.organizationId === organizationId) ?? null;
}

export function withLast(known: LastConnections, last: LastConnection): LastConnections {
  const others = known.filter(({ organizationId }) => organizationId !== last.organizationId);
  return [last, ...others].slice(0, AT_MOST);
}

export type ConnectionChoice =
  | { readonly kind: 'go'; readonly connectionId: string }
  | { readonly kind: 'ask'; readonly lastConnectionId: string | null };

/**
 * Which of several connections a person signs in through: the one that they say, or the one that they came back through last.
 * Only what the organization offers now counts, whatever an address or a cookie says. Whoever was sent somewhere and did not
 * come back is asked again, so that nobody is stuck with a connection that does not let them in.
 */
export function chooseConnection(
  offered: readonly { readonly id: string }[],
  wanted: string | undefined,
  last: LastConnection | null,
): ConnectionChoice {
  const isOffered = (connectionId: string) => offered.some(({ id }) => id === connectionId);
  if (wanted !== undefined && isOffered(wanted)) return { kind: 'go', connectionId: wanted };
  const lastConnectionId = last && isOffered(last.connectionId) ? last.connectionId : null;
  if (wanted === undefined && lastConnectionId !== null && last?.open === false)
    return { kind: 'go', connectionId: lastConnectionId };
  return { kind: 'ask', lastConnectionId };
}
