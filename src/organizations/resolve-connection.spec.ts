import { describe, expect, it } from '@jest/globals';
import type { OrganizationRecord } from '../identity/organization-source.port.js';
import { resolveConnection, verifiedDomains } from './resolve-connection.js';

/** `domain state` and `connection state`, as few words as possible. */
function organization(id: string, domains: string[], connections: string[]): OrganizationRecord {
  const pairs = (texts: string[]) => texts.map((text) => text.split(' ') as [string, string]);
  return {
    id,
    name: id,
    updatedAt: new Date(0),
    domains: pairs(domains).map(([domain, state], index) => ({
      id: `org_domain_${index}`,
      domain,
      state,
      updatedAt: new Date(0),
    })),
    connections: pairs(connections).map(([connection, state]) => ({
      id: connection,
      name: connection,
      type: 'OktaSAML',
      state,
      updatedAt: new Date(0),
    })),
  };
}

const ACME = organization('org_acme', ['acme.com verified'], ['conn_1 active']);
const NONE = { kind: 'none' };
const to = (organizationId: string, connectionId: string) => ({
  kind: 'connection',
  organizationId,
  connectionId,
});

describe('the connection of an e-mail domain', () => {
  it('is the active one of the organization that owns it', () => {
    expect(resolveConnection('acme.com', [ACME])).toEqual(to('org_acme', 'conn_1'));
  });

  it('is found among organizations that own other domains', () => {
    const globex = organization(
      'org_globex',
      ['globex.com verified', 'globex.co.uk verified'],
      ['conn_2 active'],
    );
    expect(resolveConnection('globex.co.uk', [ACME, globex])).toEqual(to('org_globex', 'conn_2'));
  });

  it('is none where nobody registered it', () => {
    expect(resolveConnection('acme.com', [])).toEqual(NONE);
    expect(resolveConnection('other.com', [ACME])).toEqual(NONE);
  });

  it('is none where two organizations own it, whichever comes first', () => {
    const second = organization('org_eve', ['acme.com verified'], ['conn_9 active']);
    expect(resolveConnection('acme.com', [ACME, second])).toEqual(NONE);
    expect(resolveConnection('acme.com', [second, ACME])).toEqual(NONE);
  });

  it('is none where two own it and only one of them has a connection', () => {
    const second = organization('org_eve', ['acme.com legacy_verified'], []);
    expect(resolveConnection('acme.com', [ACME, second])).toEqual(NONE);
  });

  it('stays where it is when somebody else only claims the domain', () => {
    const claimant = organization('org_eve', ['acme.com pending', 'acme.com failed'], ['conn_0 active']);
    expect(resolveConnection('acme.com', [claimant, ACME])).toEqual(to('org_acme', 'conn_1'));
  });

  it.each(['pending', 'failed', 'unverified', 'Verified', '', 'not_verified'])(
    'is none for a domain that is %j',
    (state) => {
      const claimant = organization('org_eve', [`acme.com ${state}`], ['conn_0 active']);
      expect(resolveConnection('acme.com', [claimant])).toEqual(NONE);
    },
  );

  it.each(['verified', 'legacy_verified'])('is there for a domain that is %s', (state) => {
    const owner = organization('org_1', [`acme.com ${state}`], ['conn_1 active']);
    expect(resolveConnection('acme.com', [owner])).toEqual(to('org_1', 'conn_1'));
  });

  it.each(['inactive', 'draft', 'validating', 'requires_type', 'deleting', 'Active', ''])(
    'is none where it is %j',
    (state) => {
      const owner = organization('org_1', ['acme.com verified'], [`conn_1 ${state}`]);
      expect(resolveConnection('acme.com', [owner])).toEqual(NONE);
    },
  );

  it('is the oldest of the active ones', () => {
    const connections = ['conn_3 active', 'conn_1 inactive', 'conn_2 active'];
    const owner = organization('org_1', ['acme.com verified'], connections);
    expect(resolveConnection('acme.com', [owner])).toEqual(to('org_1', 'conn_2'));
    expect(owner.connections.map(({ id }) => id)).toEqual(['conn_3', 'conn_1', 'conn_2']);
  });

  it.each(['mail.acme.com', 'com', 'xacme.com', 'acme.com.evil.com', 'acme.co', 'ACME.COM', ''])(
    'is not inherited, shared or guessed: none for %j',
    (domain) => {
      expect(resolveConnection(domain, [ACME])).toEqual(NONE);
    },
  );

  it('does not come down from a registered sub-domain', () => {
    const owner = organization('org_1', ['mail.acme.com verified'], ['conn_1 active']);
    expect(resolveConnection('acme.com', [owner])).toEqual(NONE);
  });
});

describe('the domains of an organization', () => {
  it('count in canonical form, and only where they are verified and understood', () => {
    const spelt = ['ACME.com. verified', 'München.de verified', 'acme.org pending', 'localhost verified'];
    expect(verifiedDomains(organization('org_1', [...spelt, '10.0.0.1 verified'], []))).toEqual(
      new Set(['acme.com', 'xn--mnchen-3ya.de']),
    );
  });
});
