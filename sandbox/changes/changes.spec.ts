import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sdk, signInAtApp } from '../application.factory.js';
import { stableId, timedId } from '../ids.js';
import { startSandbox, type RunningSandbox } from '../server.js';
import { differences } from '../workos-document.factory.js';

const ACME = 'org_01HGATEH0VSEACME0000000001';
const GLOBEX = 'org_01HGATEH0VSEG10BEX00000001';
const CONNECTION = 'conn_01HGATEH0VSEACME0000000001';
const DIRECTORY = 'directory_01HGATEH0VSEACME0000000001';

let sandbox: RunningSandbox;
let workos: ReturnType<typeof sdk>;
const ada = stableId('user', 'ada@acme.com');
beforeAll(async () => {
  sandbox = await startSandbox({ appUrl: 'http://localhost:3999' });
  workos = sdk(sandbox);
});
beforeEach(() => sandbox.state.reset());
afterAll(() => sandbox.close());

interface Answer {
  status: number;
  body: Record<string, unknown>;
}

async function call(method: string, path: string, json?: unknown): Promise<Answer> {
  const headers = { authorization: `Bearer ${sandbox.apiKey}`, 'content-type': 'application/json' };
  const init = { method, headers, ...(json !== undefined && { body: JSON.stringify(json) }) };
  const response = await fetch(new URL(path, sandbox.url), init);
  const text = await response.text();
  return {
    status: response.status,
    body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
}
const control = (path: string, json: unknown = {}): Promise<Answer> => call('POST', `/_sandbox${path}`, json);
const created = async (path: string, json: unknown): Promise<string> =>
  String((await control(path, json)).body['id']);
const events = (): string[] => sandbox.state.events.map(({ event }) => event);

describe('a write of the API', () => {
  const domain = () => sandbox.state.organization(ACME)?.domains[0]?.id;
  const membership = () => sandbox.state.memberships[0]?.id;

  it.each<[string, () => string, unknown, number, string[]]>([
    [
      'POST /organizations',
      () => '/organizations',
      { name: 'Initech', domain_data: [{ domain: 'initech.com', state: 'pending' }] },
      201,
      ['organization.created', 'organization_domain.created'],
    ],
    ['POST /organizations', () => '/organizations', { name: '' }, 422, []],
    ['POST /organizations', () => '/organizations', { name: 'A', domains: ['acme.com'] }, 409, []],
    [
      'PUT /organizations/{id}',
      () => `/organizations/${ACME}`,
      { name: 'Acme 2', domain_data: [{ domain: 'acme.org', state: 'verified' }], metadata: { tier: '1' } },
      200,
      ['organization_domain.deleted', 'organization_domain.created', 'organization.updated'],
    ],
    ['PUT /organizations/{id}', () => '/organizations/org_unknown', {}, 404, []],
    ['PUT /organizations/{id}', () => `/organizations/${ACME}`, { name: 7 }, 422, []],
    [
      'POST /organization_domains',
      () => '/organization_domains',
      { domain: 'acme.org', organization_id: ACME },
      201,
      ['organization_domain.created'],
    ],
    [
      'POST /organization_domains',
      () => '/organization_domains',
      { domain: 'globex.com', organization_id: ACME },
      409,
      [],
    ],
    [
      'POST /organization_domains/{id}/verify',
      () => `/organization_domains/${domain()}/verify`,
      undefined,
      400,
      [],
    ],
    ['DELETE /organization_domains/{id}', () => '/organization_domains/org_domain_x', undefined, 404, []],
    ['DELETE /connections/{id}', () => '/connections/conn_unknown', undefined, 404, []],
    [
      'POST /user_management/users',
      () => '/user_management/users',
      { email: 'new@acme.com', first_name: 'New' },
      201,
      ['user.created'],
    ],
    ['POST /user_management/users', () => '/user_management/users', { email: 'ada@acme.com' }, 400, []],
    ['POST /user_management/users', () => '/user_management/users', { email: 'nobody' }, 422, []],
    [
      'PUT /user_management/users/{id}',
      () => `/user_management/users/${ada}`,
      { email: 'ada.king@acme.com', last_name: 'King' },
      200,
      ['user.updated'],
    ],
    [
      'PUT /user_management/users/{id}',
      () => `/user_management/users/${ada}`,
      { email: 'alan@acme.com' },
      400,
      [],
    ],
    ['DELETE /user_management/users/{id}', () => '/user_management/users/user_x', undefined, 404, []],
    [
      'POST /user_management/organization_memberships',
      () => '/user_management/organization_memberships',
      { user_id: ada, organization_id: 'org_unknown' },
      404,
      [],
    ],
    [
      'PUT /user_management/organization_memberships/{id}',
      () => `/user_management/organization_memberships/${membership()}`,
      { role_slug: 'member' },
      200,
      ['organization_membership.updated'],
    ],
    [
      'PUT /user_management/organization_memberships/{id}',
      () => `/user_management/organization_memberships/${membership()}`,
      { role_slug: 'king' },
      422,
      [],
    ],
    [
      'PUT /user_management/organization_memberships/{id}/deactivate',
      () => `/user_management/organization_memberships/${membership()}/deactivate`,
      undefined,
      200,
      ['organization_membership.updated'],
    ],
  ])('%s answers and tells as WorkOS does (%#)', async (operation, path, json, status, told) => {
    const answer = await call(operation.split(' ')[0] ?? '', path(), json);
    expect([answer.status, differences(operation, status, answer.body), events()]).toEqual([
      status,
      [],
      told,
    ]);
  });

  it('makes a member through the SDK, whose role the next token has', async () => {
    const { id } = await workos.userManagement.createUser({ email: 'kay@globex.com' });
    await workos.userManagement.createOrganizationMembership({
      userId: id,
      organizationId: GLOBEX,
      roleSlug: 'admin',
    });
    const { data } = await workos.userManagement.listOrganizationMemberships({ userId: id });
    expect(data).toMatchObject([{ organizationId: GLOBEX, role: { slug: 'admin' }, status: 'active' }]);
    expect(events()).toEqual(['user.created', 'organization_membership.created']);
  });

  it('lists inactive memberships only to whoever asks for them, and activates them again', async () => {
    const [first] = sandbox.state.memberships;
    const list = async (statuses: 'inactive'[] = []) => {
      const options = { userId: ada, ...(statuses.length > 0 && { statuses }) };
      return (await workos.userManagement.listOrganizationMemberships(options)).data.length;
    };
    await workos.userManagement.deactivateOrganizationMembership(first?.id ?? '');
    expect([await list(), await list(['inactive'])]).toEqual([0, 1]);
    await workos.userManagement.createOrganizationMembership({ userId: ada, organizationId: ACME });
    expect([await list(), sandbox.state.memberships.length]).toEqual([1, 7]);
  });

  it('ends the sessions of a deleted user, who comes back as somebody else', async () => {
    const signIn = async () => {
      const selector = { connection_id: CONNECTION };
      const code = await signInAtApp(sandbox, 'user_management', selector, 'ada@acme.com');
      return workos.userManagement.authenticateWithCode({ code });
    };
    const { refreshToken } = await signIn();
    await workos.userManagement.deleteUser(ada);
    expect(events().at(-1)).toBe('user.deleted');
    expect(sandbox.state.sessions.map(({ endedAt }) => endedAt)).toEqual([expect.any(Date)]);
    await expect(workos.userManagement.authenticateWithRefreshToken({ refreshToken })).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    expect((await signIn()).user.id).not.toBe(ada);
  });

  it('tells what is in the seed, with a new person for each that was deleted, where it remembers them', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'gatehouse-sandbox-'));
    const options = { appUrl: 'http://localhost:3999', spentIds: join(directory, 'spent-ids.txt') };
    const told = async () => {
      const again = await startSandbox(options);
      const data = again.state.events.flatMap(({ event, data }) =>
        event === 'dsync.user.created' && data['email'] === 'ada@acme.com' ? [data] : [],
      );
      await fetch(`${again.url}/_sandbox/directories/users/${String(data[0]?.['id'])}/suspend`, {
        method: 'POST',
      });
      await again.close();
      return data;
    };
    const [before, after] = [await told(), await told()];
    const third = await startSandbox(options);
    // Whoever followed an earlier run goes on with what this one tells.
    const reader = sdk(third);
    const { data } = await reader.events.listEvents({
      events: ['dsync.user.created'],
      after: timedId('event', Date.now() - 60_000, 0),
      order: 'asc',
    });
    expect(data.length).toBeGreaterThan(0);
    await third.close();
    rmSync(directory, { recursive: true });
    expect([before.length, after.length]).toEqual([1, 1]);
    expect(after[0]?.['idp_id']).toBe(before[0]?.['idp_id']);
    expect(after[0]?.['id']).not.toBe(before[0]?.['id']);
  });

  it('deletes an organization with everything in it, in one event', async () => {
    await workos.organizations.deleteOrganization(ACME);
    expect(events()).toEqual(['organization.deleted']);
    const { connections, directories, directoryUsers, memberships } = sandbox.state;
    const left = [connections, directories, directoryUsers, memberships].flat();
    expect(left.filter(({ organizationId }) => organizationId === ACME)).toEqual([]);
  });

  it('verifies a domain for one organization alone', async () => {
    const globex = await created(`/organizations/${GLOBEX}/domains`, { domain: 'x.org', state: 'pending' });
    const acme = await workos.organizationDomains.createOrganizationDomain({
      domain: 'x.org',
      organizationId: ACME,
    });
    expect(acme).toMatchObject({ state: 'pending', verificationStrategy: 'dns' });
    await workos.organizationDomains.verifyOrganizationDomain(acme.id);
    await workos.organizationDomains.verifyOrganizationDomain(globex);
    expect(events().slice(2)).toEqual([
      'organization_domain.verified',
      'organization_domain.verification_failed',
    ]);
    expect(sandbox.state.events.at(-1)?.data).toMatchObject({
      reason: 'domain_verified_by_other_organization',
      organization_domain: { id: globex, state: 'failed' },
    });
  });
});

describe('the controls', () => {
  it('record, for every change there is, an event in the form that WorkOS documents', async () => {
    const organization = await created('/organizations', { name: 'Initech', domains: ['initech.com'] });
    await control(`/organizations/${organization}`, { name: 'Initech 2' });
    const domain = await created(`/organizations/${organization}/domains`, { domain: 'i.org' });
    for (const state of ['pending', 'verified', 'failed']) await control(`/domains/${domain}`, { state });
    await control(`/domains/${domain}/delete`);
    const connection = await created(`/organizations/${organization}/connections`, {});
    await control(`/connections/${connection}/certificate`, { expires_in_days: 7 });
    await control(`/connections/${connection}/certificate/renew`);
    await control(`/connections/${connection}`, { state: 'inactive' });
    await control(`/connections/${connection}/delete`);

    const user = await created('/users', { email: 'bill@initech.com' });
    await control(`/users/${user}`, { first_name: 'Bill' });
    const membership = await created('/memberships', { user_id: user, organization_id: organization });
    await control(`/memberships/${membership}`, { status: 'inactive' });
    await control(`/memberships/${membership}/delete`);
    await control(`/users/${user}/delete`);

    await control('/permissions', { slug: 'reports:read' });
    await control('/permissions/reports:read', { description: 'Reads reports' });
    await control('/roles', { slug: 'auditor', permissions: ['reports:read'] });
    await control('/permissions/reports:read/delete');
    await control('/roles/auditor/delete');
    const role = await created('/roles', { slug: 'boss', organization_id: organization });
    await control(`/roles/${role}`, { permissions: ['invoices:read'] });
    await control(`/roles/${role}/delete`);
    await control(`/organizations/${organization}/delete`);

    const [person] = sandbox.state.directoryUsers;
    const [group] = sandbox.state.directoryGroups;
    const directories = (path: string, body?: unknown) => control(`/directories/${path}`, body);
    await directories(DIRECTORY, { state: 'inactive' });
    await directories(DIRECTORY, { state: 'active' });
    await directories(`users/${person?.id}`, { last_name: 'King' });
    await directories(`users/${person?.id}/groups/${group?.id}/remove`);
    await directories(`users/${person?.id}/delete`);
    await directories(`groups/${group?.id}`, { name: 'Research' });
    await directories(`groups/${group?.id}/delete`);
    await directories(`${DIRECTORY}/delete`);

    const seen = new Set(events());
    const answer = await call('GET', '/events?limit=100');
    expect([answer.body['data']].flat()).toHaveLength(sandbox.state.events.length);
    expect(differences('GET /events', 200, answer.body)).toEqual([]);
    for (const [subject, verbs] of Object.entries({
      organization: 'created updated deleted',
      organization_domain: 'created updated verified verification_failed deleted',
      connection: 'activated deactivated deleted saml_certificate_renewal_required saml_certificate_renewed',
      user: 'created updated deleted',
      organization_membership: 'created updated deleted',
      role: 'created updated deleted',
      organization_role: 'created updated deleted',
      permission: 'created updated deleted',
      dsync: 'activated deleted user.created user.updated user.deleted',
      'dsync.group': 'created updated deleted user_added user_removed',
    })) {
      for (const verb of verbs.split(' ')) expect(seen).toContain(`${subject}.${verb}`);
    }
  });

  it('tell how long a certificate lasts', async () => {
    await control(`/connections/${CONNECTION}/certificate`, { expires_in_days: -3 });
    expect(sandbox.state.events[0]).toMatchObject({
      organizationId: ACME,
      data: {
        connection: { id: CONNECTION, organization_id: ACME },
        certificate: { certificate_type: 'ResponseSigning', is_expired: true },
        days_until_expiry: -3,
      },
    });
  });

  it('give an organization a second connection, which then must be chosen', async () => {
    await control(`/organizations/${ACME}/connections`, { name: 'Acme Entra', connection_type: 'AzureSAML' });
    const { data } = await workos.sso.listConnections({ organizationId: ACME });
    expect(data.map(({ name, state }) => `${name} ${state}`)).toContain('Acme Entra active');
    const url = workos.sso.getAuthorizationUrl({
      organization: ACME,
      clientId: sandbox.clientId,
      redirectUri: 'http://localhost:3999/auth/callback',
    });
    const response = await fetch(url, { redirect: 'manual' });
    expect(response.headers.get('location')).toContain('error=ambiguous_connection_selector');
  });

  it('let two organizations claim one domain, which the API refuses', async () => {
    await control(`/organizations/${GLOBEX}/domains`, { domain: 'acme.com', state: 'verified' });
    const { data } = await workos.organizations.listOrganizations({ domains: ['acme.com'] });
    expect(data).toHaveLength(2);
  });

  it('change what a role may do, for the tokens to come', async () => {
    const code = await signInAtApp(
      sandbox,
      'user_management',
      { connection_id: CONNECTION },
      'alan@acme.com',
    );
    const { refreshToken } = await workos.userManagement.authenticateWithCode({ code });
    await control('/roles/member', { permissions: [] });
    const { accessToken } = await workos.userManagement.authenticateWithRefreshToken({ refreshToken });
    const [, payload = ''] = accessToken.split('.');
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({ permissions: [] });
  });

  it.each([
    ['/organizations', { name: '' }, 400],
    ['/organizations/org_unknown/delete', {}, 404],
    ['/domains/org_domain_unknown', { state: 'verified' }, 404],
    [`/connections/${CONNECTION}/certificate`, { expires_in_days: 'soon' }, 400],
    ['/users', { email: 'ada@acme.com' }, 409],
    ['/memberships', { user_id: 'user_unknown', organization_id: ACME }, 404],
    ['/roles/unknown', {}, 404],
    ['/sessions/session_unknown/revoke', {}, 404],
  ])('refuse %s %j with %i', async (path, body, status) => {
    expect((await control(path, body)).status).toBe(status);
    expect(events()).toEqual([]);
  });
});
