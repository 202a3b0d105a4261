import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { authorizeUrl, signInAtApp, throughIdp } from './application.factory.js';
import { differences } from './workos-document.factory.js';
import { ScriptedBrowser, type VisitedPage } from './scripted-browser.js';
import { startSandbox, type RunningSandbox } from './server.js';

const ACME = 'org_01HGATEH0VSEACME0000000001';
const CONNECTION = 'conn_01HGATEH0VSEACME0000000001';
const DIRECTORY = 'directory_01HGATEH0VSEACME0000000001';
const SAM = 'sam@acme.com';

let sandbox: RunningSandbox;
let sam: string;
beforeAll(async () => {
  sandbox = await startSandbox({ appUrl: 'http://localhost:3999' });
  sam = sandbox.state.userByEmail(SAM)?.id ?? '';
});
afterAll(() => sandbox.close());

interface Call {
  key?: string;
  json?: Record<string, unknown>;
  form?: Record<string, string>;
}

async function call(operation: string, path: string, { key, json, form }: Call = {}) {
  const headers = new Headers({ authorization: `Bearer ${key ?? sandbox.apiKey}` });
  if (json) headers.set('content-type', 'application/json');
  const body = json ? JSON.stringify(json) : form && new URLSearchParams(form);
  const method = operation.split(' ')[0] ?? '';
  const response = await fetch(new URL(path, sandbox.url), { method, headers, ...(body && { body }) });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const client = () => ({ client_id: sandbox.clientId, client_secret: sandbox.apiKey });
const AUTHENTICATE = 'POST /user_management/authenticate';
const authenticate = (fields: Record<string, string>) =>
  call(AUTHENTICATE, '/user_management/authenticate', { json: { ...client(), ...fields } });
const umCode = async (email = SAM): Promise<Record<string, string>> => ({
  grant_type: 'authorization_code',
  code: await signInAtApp(sandbox, 'user_management', { connection_id: CONNECTION }, email),
});

describe('answers that WorkOS documents', () => {
  it.each([
    ['GET /organizations', '/organizations', 200],
    ['GET /organizations', '/organizations?domains=acme.com&limit=1', 200],
    ['GET /organizations', '/organizations?limit=0', 422],
    ['GET /organizations', '/organizations?after=org_unknown', 422],
    ['GET /organizations/{id}', `/organizations/${ACME}`, 200],
    ['GET /organizations/{id}', '/organizations/org_unknown', 404],
    ['GET /connections', `/connections?organization_id=${ACME}&connection_type=OktaSAML`, 200],
    ['GET /connections', '/connections?order=sideways', 422],
    ['GET /connections/{id}', `/connections/${CONNECTION}`, 200],
    ['GET /connections/{id}', '/connections/conn_unknown', 404],
    ['GET /organization_domains/{id}', '/organization_domains/org_domain_unknown', 404],
    ['GET /authorization/roles', '/authorization/roles', 200],
    [
      'GET /authorization/organizations/{organizationId}/roles',
      `/authorization/organizations/${ACME}/roles`,
      200,
    ],
    [
      'GET /authorization/organizations/{organizationId}/roles',
      '/authorization/organizations/org_x/roles',
      404,
    ],
    ['GET /user_management/users', '/user_management/users?email=ada@acme.com', 200],
    ['GET /user_management/users', '/user_management/users?limit=101', 422],
    ['GET /user_management/users/{id}', '/user_management/users/user_unknown', 404],
    ['GET /user_management/users/{id}/sessions', '/user_management/users/user_unknown/sessions', 404],
    ['GET /user_management/organization_memberships', '/user_management/organization_memberships', 400],
    [
      'GET /user_management/organization_memberships',
      `/user_management/organization_memberships?organization_id=${ACME}`,
      200,
    ],
    ['GET /directories', `/directories?organization_id=${ACME}`, 200],
    ['GET /directories', '/directories?limit=x', 422],
    ['GET /directories/{id}', `/directories/${DIRECTORY}`, 200],
    ['GET /directories/{id}', '/directories/directory_unknown', 404],
    ['GET /directory_users', `/directory_users?directory=${DIRECTORY}`, 200],
    ['GET /directory_users', '/directory_users', 422],
    ['GET /directory_users', '/directory_users?group=directory_group_unknown', 404],
    ['GET /directory_groups', `/directory_groups?directory=${DIRECTORY}`, 200],
    ['GET /directory_groups', '/directory_groups', 422],
    ['GET /authorization/permissions', '/authorization/permissions', 200],
    ['GET /events', '/events?after=event_01HGATEH0VSEACME0000000001', 400],
    ['GET /events', '/events?after=unknown', 422],
    ['GET /sso/profile', '/sso/profile', 401],
    ['GET /sso/jwks/{clientId}', '/sso/jwks/client_unknown', 404],
    ['GET /sso/logout', '/sso/logout?token=x', 404],
  ])('%s as %s with %i', async (operation, path, status) => {
    const answer = await call(operation, path);
    expect([answer.status, differences(operation, answer.status, answer.body)]).toEqual([status, []]);
  });

  it('an answer that lacks a field is noticed by these tests', () => {
    expect(differences('GET /organizations/{id}', 200, { object: 'organization' })).not.toEqual([]);
  });

  it('the domains, users and keys that other answers name', async () => {
    const [domain] = sandbox.state.organization(ACME)?.domains ?? [];
    for (const [operation, path] of [
      ['GET /organization_domains/{id}', `/organization_domains/${domain?.id}`],
      ['GET /user_management/users/{id}', `/user_management/users/${sam}`],
      ['GET /sso/jwks/{clientId}', `/sso/jwks/${sandbox.clientId}`],
      ['GET /directory_users/{id}', `/directory_users/${sandbox.state.directoryUsers[0]?.id}`],
      ['GET /directory_groups/{id}', `/directory_groups/${sandbox.state.directoryGroups[0]?.id}`],
    ] as const) {
      const { status, body } = await call(operation, path);
      expect([status, differences(operation, status, body)]).toEqual([200, []]);
    }
  });

  it('a wrong API key is refused everywhere as WorkOS refuses it', async () => {
    for (const path of ['/organizations', '/connections', '/events', `/user_management/users/${sam}`]) {
      expect(await call('GET', path, { key: 'sk_wrong' })).toEqual({
        status: 401,
        body: { message: 'Unauthorized' },
      });
    }
  });

  it('an exchanged code, the profile behind its token, and the refusal of single logout', async () => {
    const code = await signInAtApp(sandbox, 'sso', { connection: CONNECTION }, 'ada@acme.com');
    const form = { ...client(), grant_type: 'authorization_code', code };
    const token = await call('POST /sso/token', '/sso/token', { form });
    expect([token.status, differences('POST /sso/token', 200, token.body)]).toEqual([200, []]);

    const profile = await call('GET /sso/profile', '/sso/profile', {
      key: String(token.body['access_token']),
    });
    expect([profile.status, differences('GET /sso/profile', 200, profile.body)]).toEqual([200, []]);

    const logout = async (profile_id: unknown) => {
      const { status, body } = await call('POST', '/sso/logout/authorize', { json: { profile_id } });
      return [status, differences('POST /sso/logout/authorize', status, body)];
    };
    expect(await logout(profile.body['id'])).toEqual([400, []]);
    expect(await logout('prof_unknown')).toEqual([404, []]);
  });

  it.each([
    ['invalid_client', { client_secret: 'sk_wrong' }],
    ['invalid_client', { client_id: 'client_wrong' }],
    ['invalid_grant', { code: 'unknown' }],
    ['unsupported_grant_type', { grant_type: 'password' }],
  ])('%s of /sso/token', async (error, wrong) => {
    const form = { ...client(), grant_type: 'authorization_code', code: 'x', ...wrong };
    const { status, body } = await call('POST /sso/token', '/sso/token', { form });
    expect([status, body['error'], differences('POST /sso/token', 400, body)]).toEqual([400, error, []]);
  });

  it('an authentication, its refresh, its session and the events of both', async () => {
    const first = await authenticate(await umCode());
    expect([first.status, differences(AUTHENTICATE, 200, first.body)]).toEqual([200, []]);
    const next = await authenticate({
      grant_type: 'refresh_token',
      refresh_token: String(first.body['refresh_token']),
    });
    expect([next.status, differences(AUTHENTICATE, 200, next.body)]).toEqual([200, []]);

    const sessions = await call('GET', `/user_management/users/${sam}/sessions`);
    expect(sessions.body['data']).toHaveLength(1);
    expect(differences('GET /user_management/users/{id}/sessions', 200, sessions.body)).toEqual([]);

    const revoke = (session_id: unknown) =>
      fetch(new URL('/user_management/sessions/revoke', sandbox.url), {
        method: 'POST',
        headers: { authorization: `Bearer ${sandbox.apiKey}`, 'content-type': 'application/json' },
        body: JSON.stringify({ session_id }),
      });
    const [session] = sandbox.state.sessions.slice(-1);
    expect((await revoke(session?.id)).status).toBe(200);
    const unknown = await revoke('session_unknown');
    expect(differences('POST /user_management/sessions/revoke', 400, await unknown.json())).toEqual([]);
    expect(unknown.status).toBe(400);

    await authenticate(await umCode('new.person@acme.com'));
    const events = await call('GET /events', '/events?limit=100');
    expect(differences('GET /events', 200, events.body)).toEqual([]);
    const names = (events.body['data'] as { event: string }[]).map(({ event }) => event);
    expect(names).toEqual(
      expect.arrayContaining([
        'authentication.sso_succeeded',
        'session.created',
        'session.revoked',
        'user.created',
        'organization_membership.created',
      ]),
    );
  });

  it('the events of other ways to sign in, of failures and of what is switched off and on', async () => {
    const browser = new ScriptedBrowser(sandbox.url);
    const authorize = (provider: string): Promise<VisitedPage> =>
      browser.open(authorizeUrl(sandbox, 'user_management', { provider }));
    await browser.submit(await authorize('GoogleOAuth'), { email: 'a@home.example' });
    await browser.submit(await browser.submit(await authorize('authkit'), { email: 'b@home.example' }), {});
    const atIdp = await browser.open(authorizeUrl(sandbox, 'sso', { connection: CONNECTION }));
    await throughIdp(browser, atIdp, { error: 'access_denied' });
    for (const path of [`/_sandbox/connections/${CONNECTION}`, `/_sandbox/directories/${DIRECTORY}`])
      for (const state of ['inactive', 'active']) await call('POST', path, { json: { state } });
    const events = await call('GET /events', '/events?limit=100');
    expect(differences('GET /events', 200, events.body)).toEqual([]);
    const names = (events.body['data'] as { event: string }[]).map(({ event }) => event);
    expect(names).toEqual(
      expect.arrayContaining([
        'authentication.oauth_succeeded',
        'authentication.magic_auth_succeeded',
        'authentication.sso_failed',
        'connection.deactivated',
        'connection.activated',
        'dsync.deactivated',
        'dsync.activated',
      ]),
    );
  });

  it.each([
    [400, { client_secret: 'sk_wrong' }],
    [400, { code: 'unknown' }],
    [400, { grant_type: 'refresh_token', refresh_token: 'unknown' }],
    [400, { grant_type: 'urn:workos:oauth:grant-type:organization-selection' }],
    [422, { grant_type: 'unknown' }],
  ])('a refused authentication with %i for %j', async (expected, wrong) => {
    const { status, body } = await authenticate({ grant_type: 'authorization_code', code: 'x', ...wrong });
    expect([status, differences(AUTHENTICATE, status, body)]).toEqual([expected, []]);
  });

  it('an organization that must be chosen, and what is said of a wrong choice', async () => {
    sandbox.state.settings.organizationSelections = 1;
    const { status, body } = await authenticate(await umCode());
    expect([status, differences(AUTHENTICATE, 403, body)]).toEqual([403, []]);
    const choice = {
      grant_type: 'urn:workos:oauth:grant-type:organization-selection',
      pending_authentication_token: String(body['pending_authentication_token']),
    };
    const wrong = await authenticate({ ...choice, organization_id: 'org_test_idp' });
    expect([wrong.status, differences(AUTHENTICATE, 400, wrong.body)]).toEqual([400, []]);
    const right = await authenticate({ ...choice, organization_id: ACME });
    expect([right.status, right.body['organization_id']]).toEqual([200, ACME]);
  });
});

describe('malformed requests', () => {
  const send = async (path: string, init: RequestInit): Promise<[refused: boolean, text: string]> => {
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${sandbox.apiKey}`);
    const response = await fetch(`${sandbox.url}${path}`, { ...init, headers, redirect: 'manual' });
    return [response.status < 500, await response.text()];
  };
  const unbroken = [true, expect.not.stringContaining('at file:')];

  it.each([
    '/organizations/%E0%A4%A',
    '/organizations/__proto__',
    '/organizations?limit=1&limit=2',
    '/events?range_start=never',
    '/sso/authorize?client_id=a&client_id=b',
    '/user_management/authorize',
    '/user_management/sessions/logout',
    '/authkit/unknown',
    '/oauth/unknown',
    '/idp/unknown',
  ])('GET %s breaks nothing', async (path) => {
    expect(await send(path, {})).toEqual(unbroken);
  });

  it.each([
    ['/sso/token', ''],
    ['/sso/saml/acs/unknown', ''],
    [`/sso/saml/acs/${CONNECTION}`, 'SAMLResponse=%00&RelayState=x'],
    ['/user_management/authenticate', '{"grant_type":{}}'],
    ['/user_management/authenticate', '['],
    ['/user_management/sessions/revoke', '{"session_id":[1]}'],
    ['/_sandbox/clock', '{"advance":"soon"}'],
    ['/_sandbox/connections/unknown', '{}'],
  ])('POST %s with "%s" breaks nothing', async (path, body) => {
    const type = /^[[{]/.test(body) ? 'application/json' : 'application/x-www-form-urlencoded';
    expect(await send(path, { method: 'POST', body, headers: { 'content-type': type } })).toEqual(unbroken);
  });
});
