import type { ConnectionRecord, OrganizationRecord } from '../identity/organization-source.port.js';
import { canonicalDomain } from '../identity/email-domain.js';

export type ConnectionRoute =
  | { readonly kind: 'connection'; readonly organizationId: string; readonly connectionId: string }
  | { readonly kind: 'none' };

/** Domain states in which WorkOS has seen that the organization owns the domain. */
const OWNED = new Set(['verified', 'legacy_verified']);

/** The organization's domains that count: verified, in canonical form. */
export function verifiedDomains(organization: OrganizationRecord): Set<string> {
  const domains = organization.domains
    .filter(({ state }) => OWNED.has(state))
    .map(({ domain }) => canonicalDomain(domain));
  return new Set(domains.filter((domain) => domain !== null));
}

/**
 * Which connection an e-mail domain signs in through. `candidates` are the organizations that registered it: a domain
 * that two of them own routes nowhere, since either could take over the people of the other.
 */
export function resolveConnection(
  domain: string,
  candidates: readonly OrganizationRecord[],
): ConnectionRoute {
  const [owner, ...others] = candidates.filter((organization) => verifiedDomains(organization).has(domain));
  if (!owner || others.length > 0) return { kind: 'none' };
  const connection = activeConnections(owner)[0];
  return connection
    ? { kind: 'connection', organizationId: owner.id, connectionId: connection.id }
    : { kind: 'none' };
}

/** The oldest first: WorkOS's ids begin with their time. */
function activeConnections(organization: OrganizationRecord): ConnectionRecord[] {
  return organization.connections
    .filter(({ state }) => state === 'active')
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
