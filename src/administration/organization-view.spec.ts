import { describe, expect, it } from '@jest/globals';
import type { CertificateStanding } from '../organizations/certificates.service.js';
import { DEFAULT_POLICY } from '../organizations/organization-policy.js';
import type { StoredOrganization } from '../organizations/organizations.repository.js';
import { viewOf } from './organization-view.js';

const DAY = 86_400_000;

function connection(id: string) {
  return { id, name: id, type: 'OktaSAML', state: 'active' };
}

function ending(connectionId: string, daysLeft: number): CertificateStanding {
  const expiresAt = new Date(Date.parse('2026-03-01T12:00:00Z') + daysLeft * DAY);
  return { connectionId, type: 'ResponseSigning', expiresAt, daysLeft };
}

describe('an organization as its members see it', () => {
  it('has the connection first whose certificate ends first, and those without one last', () => {
    const connections = ['conn_a', 'conn_b', 'conn_c', 'conn_d'].map(connection);
    const organization = { id: 'org_1', name: 'Acme', policy: DEFAULT_POLICY, connections };
    const certificates = [ending('conn_c', 5), ending('conn_a', 45), ending('conn_c', 200)];
    const view = viewOf(organization as unknown as StoredOrganization, [], certificates, true);
    expect(view.connections.map(({ id, certificate }) => [id, certificate?.daysLeft])).toEqual([
      ['conn_c', 5],
      ['conn_a', 45],
      ['conn_b', undefined],
      ['conn_d', undefined],
    ]);
  });
});
