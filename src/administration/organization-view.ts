import type { CertificateStanding } from '../organizations/certificates.service.js';
import type { DomainStanding } from '../organizations/domain-standing.js';
import type { StoredOrganization } from '../organizations/organizations.repository.js';
import type { ConnectionView, OrganizationView } from './organization-view.schemas.js';

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
    domains: domains
      .map((domain) => (manages ? domain : { ...domain, failureReason: null }))
      .toSorted((a, b) => (a.domain < b.domain ? -1 : 1)),
    connections: connections
      .map((connection) => ({
        id: connection.id,
        name: connection.name,
        type: connection.type,
        state: connection.state,
        certificate: certificateOf(connection.id, certificates),
      }))
      .toSorted((a, b) => endOf(a) - endOf(b) || (a.id < b.id ? -1 : 1)),
    policy: manages ? policy : null,
  };
}

/** Whose certificate ends first comes first. */
function endOf({ certificate }: ConnectionView): number {
  return certificate?.expiresAt.getTime() ?? Number.MAX_SAFE_INTEGER;
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
