import type { StoredOrganization } from '../organizations/organizations.repository.js';
import type { OrganizationPolicy } from '../organizations/organization-policy.js';
import type { Certificate } from './organization-facts.repository.js';

export interface OrganizationView {
  readonly id: string;
  readonly name: string;
  readonly domains: readonly DomainView[];
  readonly connections: readonly ConnectionView[];
  /** `null` for those who may not change it: how to get in is not for everybody to study. */
  readonly policy: OrganizationPolicy | null;
}

export interface DomainView {
  readonly id: string;
  readonly domain: string;
  /** As WorkOS says it, or `conflict` where another organization owns the domain too: then it routes nowhere. */
  readonly state: string;
}

export interface ConnectionView {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly state: string;
  /** The one that runs out first. No secret: every member is locked out when it does. */
  readonly certificate: CertificateView | null;
}

export interface CertificateView {
  readonly type: string;
  readonly expiresAt: Date;
  /** Whole days; negative once it has run out. */
  readonly daysLeft: number;
}

const DAY = 86_400_000;

/** What members see of their organization; `manages` are those who may change it. */
export function viewOf(
  { id, name, domains, connections, policy }: StoredOrganization,
  { conflicts, certificates }: { conflicts: ReadonlySet<string>; certificates: readonly Certificate[] },
  manages: boolean,
  now: Date,
): OrganizationView {
  const certificateOf = (connectionId: string): CertificateView | null => {
    const [first] = certificates
      .filter((certificate) => certificate.connectionId === connectionId)
      .toSorted((a, b) => a.expiresAt.getTime() - b.expiresAt.getTime());
    if (!first) return null;
    const { type, expiresAt } = first;
    return { type, expiresAt, daysLeft: Math.floor((expiresAt.getTime() - now.getTime()) / DAY) };
  };
  return {
    id,
    name,
    domains: domains
      .map(({ id: domainId, domain, state }) => ({
        id: domainId,
        domain,
        state: conflicts.has(domain) ? 'conflict' : state,
      }))
      .toSorted((a, b) => (a.domain < b.domain ? -1 : 1)),
    connections: connections
      .map(({ id: connectionId, name: connectionName, type, state }) => ({
        id: connectionId,
        name: connectionName,
        type,
        state,
        certificate: certificateOf(connectionId),
      }))
      .toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    policy: manages ? policy : null,
  };
}
