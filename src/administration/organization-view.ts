import type { CertificateStanding } from '../organizations/certificates.service.js';
import type { DomainStanding } from '../organizations/domain-standing.js';
import type { OrganizationPolicy } from '../organizations/organization-policy.js';
import type { StoredOrganization } from '../organizations/organizations.repository.js';

export interface OrganizationView {
  readonly id: string;
  readonly name: string;
  readonly domains: readonly DomainStanding[];
  readonly connections: readonly ConnectionView[];
  /** `null` for those who may not change it: how to get in is not for everybody to study. */
  readonly policy: OrganizationPolicy | null;
}

export interface ConnectionView {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly state: string;
  /** The one that runs out first. No secret: every member is locked out when it does. */
  readonly certificate: Omit<CertificateStanding, 'connectionId'> | null;
}

/** What members see of their organization; `manages` are those who may change it. `certificates`: the next to end first. */
export function viewOf(
  { id, name, connections, policy }: StoredOrganization,
  domains: readonly DomainStanding[],
  certificates: readonly CertificateStanding[],
  manages: boolean,
): OrganizationView {
  return {
    id,
    name,
    domains: domains.toSorted((a, b) => (a.domain < b.domain ? -1 : 1)),
    connections: connections
      .map((connection) => ({
        id: connection.id,
        name: connection.name,
        type: connection.type,
        state: connection.state,
        certificate: certificateOf(connection.id, certificates),
      }))
      .toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    policy: manages ? policy : null,
  };
}

function certificateOf(
  connectionId: string,
  certificates: readonly CertificateStanding[],
): ConnectionView['certificate'] {
  const first = certificates.find((certificate) => certificate.connectionId === connectionId);
  if (!first) return null;
  const { type, expiresAt, daysLeft } = first;
  return { type, expiresAt, daysLeft };
}
