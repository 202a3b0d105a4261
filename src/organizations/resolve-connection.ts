import type { DomainRefusal } from './routable-domains.js';

/** Where a person with an e-mail of some domain signs in. */
export type ConnectionRoute =
  | { readonly kind: 'connection'; readonly organizationId: string; readonly connectionId: string }
  /** Their company has several: they choose. */
  | {
      readonly kind: 'choose';
      readonly organizationId: string;
      readonly connections: readonly ConnectionOption[];
    }
  /** No company is responsible: WorkOS's hosted page, where there is one. */
  | { readonly kind: 'authkit' }
  | { readonly kind: 'none' };

export interface ConnectionOption {
  readonly id: string;
  readonly name: string;
}

/** An organization that registered the domain and its connections; what is in a state that does not count may be left out. */
export interface DomainClaim {
  readonly organizationId: string;
  /** In canonical form. */
  readonly domain: string;
  readonly state: string;
  readonly connections: readonly (ConnectionOption & { readonly state: string })[];
}

export interface RoutingRules {
  refusalOf(domain: string): DomainRefusal | null;
  /** What stands in where no company is responsible. */
  readonly otherwise: 'authkit' | 'none';
}

/** Domain states in which WorkOS has seen that the organization owns the domain. */
export const OWNED: readonly string[] = ['verified', 'legacy_verified'];

export function isOwned(state: string): boolean {
  return OWNED.includes(state);
}

/**
 * Which connection a domain (in canonical form) signs in through. Exact: nothing is inherited from a parent domain. A domain
 * that two organizations own routes nowhere, since either could take over the people of the other.
 */
export function resolveConnection(
  domain: string,
  claims: readonly DomainClaim[],
  rules: RoutingRules,
): ConnectionRoute {
  const elsewhere = { kind: rules.otherwise };
  if (rules.refusalOf(domain) !== null) return elsewhere;
  const owned = claims.filter((claim) => claim.domain === domain && isOwned(claim.state));
  const [owner] = owned;
  if (!owner || owned.some(({ organizationId }) => organizationId !== owner.organizationId)) return elsewhere;
  const active = activeConnections(owner);
  const { organizationId } = owner;
  const [first, ...others] = active;
  if (!first) return elsewhere;
  return others.length === 0
    ? { kind: 'connection', organizationId, connectionId: first.id }
    : { kind: 'choose', organizationId, connections: active };
}

/** Those that sign people in, the oldest first: WorkOS's ids begin with their time. */
export function activeConnections({ connections }: Pick<DomainClaim, 'connections'>): ConnectionOption[] {
  return connections
    .filter(({ state }) => state === 'active')
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ id, name }) => ({ id, name }));
}
