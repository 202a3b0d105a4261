import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ID_BODY, stableId } from './ids.js';
import { RecordIds } from './record-ids.js';
import { parseSeed, readSeed, SeedProblem } from './seed.js';
import { seededRecords } from './seeded-records.js';
import { DEFAULT_SEED } from './server.js';

const SEED = {
  client_id: 'client_01HGATEH0VSESANDB0XAPP0001',
  api_key: 'sk_sandbox_test_not_a_secret',
  roles: [{ slug: 'member', name: 'Member' }],
  organizations: [
    { name: 'Acme', domains: ['acme.com'], connection: { name: 'Okta', connection_type: 'OktaSAML' } },
  ],
  people: [
    {
      email: 'ada@acme.com',
      first_name: 'Ada',
      last_name: 'Lovelace',
      memberships: [{ organization: 'Acme', role: 'member' }],
    },
  ],
};

const NOW = new Date('2026-10-01T00:00:00.000Z');

describe('a seed', () => {
  it('of the house has the people, organizations and permissions that its documentation promises', () => {
    const { organizations, connections, users, memberships, roles } = seededRecords(
      readSeed(DEFAULT_SEED),
      new RecordIds(),
      NOW,
    );
    expect(organizations.map(({ name }) => name)).toEqual(['Acme', 'Globex', 'Test Organization']);
    expect(connections.map(({ type, state }) => `${type} ${state}`)).toEqual([
      'OktaSAML active',
      'GenericSAML active',
      'TestIdp active',
    ]);
    const of = (email: string) => {
      const user = users.find((candidate) => candidate.email === email);
      return memberships.filter(({ userId }) => userId === user?.id).map(({ role }) => role);
    };
    expect([of('ada@acme.com'), of('alan@acme.com'), of('sam@acme.com')]).toEqual([
      ['admin'],
      ['member'],
      ['member', 'member'],
    ]);
    expect(roles.map(({ slug, permissions }) => [slug, permissions.length])).toEqual([
      ['admin', 6],
      ['member', 1],
    ]);
  });

  it('gives the same identifiers every time, in the form that WorkOS gives them', () => {
    const first = seededRecords(parseSeed(SEED), new RecordIds(), NOW);
    expect(first).toEqual(seededRecords(parseSeed(structuredClone(SEED)), new RecordIds(), NOW));
    expect(first.connections[0]?.id).toMatch(new RegExp(`^conn_${ID_BODY}$`));
    expect(stableId('user', 'a', 'b')).not.toBe(stableId('user', 'ab'));
  });

  it('gives the identifier of what was deleted to nobody else, also where it is started again', () => {
    const directory = mkdtempSync(join(tmpdir(), 'gatehouse-sandbox-'));
    const file = join(directory, 'sandbox', 'spent-ids.txt');
    const lives = [1, 2, 3].map(() => {
      const ids = new RecordIds(file);
      const { organizations, connections, users, memberships } = seededRecords(parseSeed(SEED), ids, NOW);
      ids.spend(...connections, ...users);
      return { organizations, connections, users, memberships };
    });
    rmSync(directory, { recursive: true });
    const all = (part: 'organizations' | 'connections' | 'users' | 'memberships') =>
      lives.map((life) => life[part].map(({ id }) => id).join());
    expect(new Set(all('organizations')).size).toBe(1);
    for (const part of ['connections', 'users', 'memberships'] as const)
      expect(new Set(all(part)).size).toBe(3);
    expect(all('connections')[2]).toMatch(new RegExp(`^conn_${ID_BODY}$`));
    expect(lives[2]?.memberships[0]?.userId).toBe(lives[2]?.users[0]?.id);
  });

  it.each<[string, string, (seed: typeof SEED) => unknown]>([
    [
      'an unknown key',
      'organizations.0',
      (seed) => Object.assign(seed.organizations[0] ?? {}, { colour: 'red' }),
    ],
    ['a real API key', 'api_key', (seed) => Object.assign(seed, { api_key: 'sk_live_abc' })],
    ['an ID of another form', 'client_id', (seed) => Object.assign(seed, { client_id: 'client_I' })],
    [
      'a membership in no organization',
      'people.0.memberships.0.organization: name one of: Acme',
      (seed) => Object.assign(seed.people[0]?.memberships[0] ?? {}, { organization: 'Acne' }),
    ],
    [
      'a role that does not exist',
      'people.0.memberships.0.role: name one of: member',
      (seed) => Object.assign(seed.people[0]?.memberships[0] ?? {}, { role: 'king' }),
    ],
    [
      'a real value of an API key',
      'organizations.0.api_keys.0.value: write sk_sandbox_..._not_a_secret',
      (seed) => Object.assign(seed.organizations[0] ?? {}, { api_keys: [{ name: 'A', value: 'sk_live' }] }),
    ],
    [
      'an API key of somebody outside',
      'organizations.0.api_keys.0.owner: name one of: ada@acme.com',
      (seed) => {
        const key = { name: 'A', value: 'sk_sandbox_not_a_secret', owner: 'eve@acme.com' };
        return Object.assign(seed.organizations[0] ?? {}, { api_keys: [key] });
      },
    ],
    [
      'an API key with a permission that no role has',
      'organizations.0.api_keys.0.permissions: name one of:',
      (seed) => {
        const key = { name: 'A', value: 'sk_sandbox_not_a_secret', permissions: ['x'] };
        return Object.assign(seed.organizations[0] ?? {}, { api_keys: [key] });
      },
    ],
    [
      'a real secret of an application',
      'organizations.0.applications.0.client_secret: write sandbox_..._not_a_secret',
      (seed) => {
        const application = { name: 'A', client_id: SEED.client_id, client_secret: 'hunter2' };
        return Object.assign(seed.organizations[0] ?? {}, { applications: [application] });
      },
    ],
    [
      'access granted to somebody outside',
      'organizations.0.resources.0.grants.0.email: name one of: ada@acme.com',
      (seed) => {
        const grants = [{ email: 'eve@acme.com', permissions: ['x'] }];
        const resources = [{ external_id: 'a', type: 'project', grants }];
        return Object.assign(seed.organizations[0] ?? {}, { resources });
      },
    ],
    [
      'a domain in capitals',
      'organizations.0.domains.0',
      (seed) => Object.assign(seed.organizations[0] ?? {}, { domains: ['ACME.com'] }),
    ],
  ])('with %s is refused, with the place named', (_name, place, spoil) => {
    const seed = structuredClone(SEED);
    spoil(seed);
    expect(() => parseSeed(seed)).toThrow(place);
  });

  it('that is empty is told everything that is missing at once', () => {
    expect(() => parseSeed({})).toThrow(
      ['client_id', 'api_key', 'roles', 'organizations'].map((key) => `  ${key}: is missing`).join('\n'),
    );
  });

  it('that cannot be read says which file and which variable', () => {
    expect(() => readSeed('/nowhere/seed.yaml')).toThrow(SeedProblem);
    expect(() => readSeed('/nowhere/seed.yaml')).toThrow(/nowhere\/seed\.yaml.*SANDBOX_SEED/);
  });
});
