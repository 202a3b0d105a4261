import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sdk, signInAtApp } from './application.factory.js';
import { ScriptedBrowser } from './scripted-browser.js';
import { startSandbox, type RunningSandbox } from './server.js';

const ACME = 'org_01HGATEH0VSEACME0000000001';
const CONNECTION = 'conn_01HGATEH0VSEACME0000000001';

let sandbox: RunningSandbox;
let workos: ReturnType<typeof sdk>;
beforeAll(async () => {
  sandbox = await startSandbox({ appUrl: 'http://localhost:3999' });
  workos = sdk(sandbox);
});
beforeEach(() => control('reset'));
afterAll(() => sandbox.close());

async function control(path: string, body?: Record<string, unknown>, method = 'POST'): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(`${sandbox.url}/_sandbox/${path}`, {
    method,
    headers,
    ...(body && { body: JSON.stringify(body) }),
  });
}

const read = async (path: string): Promise<Record<string, unknown>> =>
  (await fetch(`${sandbox.url}/_sandbox/${path}`)).json() as Promise<Record<string, unknown>>;
const organizations = (signal?: AbortSignal): Promise<Response> =>
  fetch(`${sandbox.url}/organizations`, {
    headers: { authorization: `Bearer ${sandbox.apiKey}` },
    ...(signal && { signal }),
  });

describe('faults', () => {
  it('fail as many calls of a route as asked, with the given body, and no other route', async () => {
    const fault = { method: 'get', path: '/organizations', times: 2, type: 'status', status: 500 };
    await control('faults', { ...fault, body: { message: 'down' } });
    expect((await fetch(`${sandbox.url}/connections`)).status).toBe(401);
    const first = await organizations();
    expect([first.status, await first.json()]).toEqual([500, { message: 'down' }]);
    expect((await organizations()).status).toBe(500);
    expect((await organizations()).status).toBe(200);
  });

  it('answer HTML where JSON is expected', async () => {
    await control('faults', { path: '/organizations', type: 'html', status: 503 });
    const response = await organizations();
    expect([response.status, await response.text()]).toEqual([
      503,
      expect.stringMatching(/^<!doctype html>/),
    ]);
  });

  it('rate-limit as WorkOS does', async () => {
    await control('faults', { path: '/organizations/*', type: 'rate_limit', retry_after: 7 });
    await expect(workos.organizations.getOrganization(ACME)).rejects.toMatchObject({
      status: 429,
      retryAfter: 7,
    });
  });

  it('leave a call without an answer', async () => {
    await control('faults', { path: '/**', type: 'hang' });
    await expect(organizations(AbortSignal.timeout(100))).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('answer late', async () => {
    await control('faults', { path: '/organizations', type: 'slow', milliseconds: 60 });
    const started = performance.now();
    expect((await organizations()).status).toBe(200);
    expect(performance.now() - started).toBeGreaterThanOrEqual(55);
  });

  it('are gone when they are cleared', async () => {
    await control('faults', { path: '/organizations', type: 'status', status: 500, times: 9 });
    await control('faults', undefined, 'DELETE');
    expect((await organizations()).status).toBe(200);
  });

  it.each([
    { path: '/x', type: 'explode' },
    { path: 'x', type: 'hang' },
    { path: '/x', type: 'hang', times: 0 },
    { path: '/x', type: 'status', status: 99 },
    { path: '/x', type: 'hang', colour: 'red' },
  ])('are refused where they mean nothing: %j', async (fault) => {
    expect((await control('faults', fault)).status).toBe(400);
  });
});

describe('the request log', () => {
  it('tells which calls came, with their status and without their parameters', async () => {
    const code = await signInAtApp(
      sandbox,
      'sso',
      { connection: CONNECTION, state: 'hidden' },
      'ada@acme.com',
    );
    await workos.sso.getProfileAndToken({ code, clientId: sandbox.clientId });
    const { data } = (await read('requests')) as { data: { method: string; path: string; status: number }[] };
    expect(data.map(({ method, path, status }) => `${method} ${path} ${status}`)).toEqual([
      'GET /sso/authorize 302',
      `GET /idp/${CONNECTION}/sso 200`,
      `POST /idp/${CONNECTION}/respond 200`,
      `POST /sso/saml/acs/${CONNECTION} 302`,
      'POST /sso/token 200',
    ]);
    expect(JSON.stringify(data)).not.toContain('hidden');
    await control('requests', undefined, 'DELETE');
    expect(await read('requests')).toEqual({ data: [] });
  });
});

describe('the controls', () => {
  it('show the state without a code or token in it', async () => {
    const code = await signInAtApp(sandbox, 'user_management', { connection_id: CONNECTION }, 'ada@acme.com');
    const { accessToken, refreshToken } = await workos.userManagement.authenticateWithCode({ code });
    const state = JSON.stringify(await read('state'));
    expect(state).toContain('ada@acme.com');
    for (const secret of [code, accessToken, refreshToken, sandbox.apiKey])
      expect(state).not.toContain(secret);
  });

  it('go back to the seed', async () => {
    await control(`connections/${CONNECTION}`, { state: 'inactive' });
    await control('clock', { advance: 1000 });
    await control('settings', { redirect_uris: [] });
    await signInAtApp(sandbox, 'sso', { connection: CONNECTION }, 'ada@acme.com').catch(() => null);
    await control('reset');
    const { data } = await workos.events.listEvents({ events: ['connection.deactivated'] });
    expect(data).toEqual([]);
    expect(await read('state')).toMatchObject({
      clock_offset_seconds: 0,
      settings: { redirect_uris: ['http://localhost:3999/auth/callback'] },
      connections: [{ state: 'active' }, { state: 'active' }, { state: 'active' }],
    });
  });

  it('tell of a connection that is deactivated, as an event', async () => {
    await control(`connections/${CONNECTION}`, { state: 'inactive' });
    const { data } = await workos.events.listEvents({ events: ['connection.deactivated'] });
    expect(data).toEqual([expect.objectContaining({ data: expect.objectContaining({ id: CONNECTION }) })]);
  });

  it('take the metadata of another identity provider, and refuse what is none', async () => {
    const set = (body: Record<string, unknown>) =>
      control(`connections/${CONNECTION}/identity-provider`, body);
    const url = `${sandbox.url}/idp/${CONNECTION}/metadata`;
    expect((await set({ url })).status).toBe(200);
    expect(sandbox.state.connection(CONNECTION)?.idp).toMatchObject({
      ssoUrl: `${sandbox.url}/idp/${CONNECTION}/sso`,
    });
    const code = await signInAtApp(sandbox, 'sso', { connection: CONNECTION }, 'ada@acme.com');
    expect(code).not.toBe('');
    const wrong = await set({ xml: '<html/>' });
    expect([wrong.status, await wrong.json()]).toEqual([400, { message: expect.any(String) }]);
    expect((await set({ xml: await (await fetch(url)).text() })).status).toBe(200);
  });

  it('refuse a form that another site sends', async () => {
    const headers = { 'sec-fetch-site': 'cross-site' };
    const response = await fetch(`${sandbox.url}/_sandbox/reset`, { method: 'POST', headers });
    expect(response.status).toBe(403);
  });

  it('are forms on a page, which lead back to it', async () => {
    const browser = new ScriptedBrowser(sandbox.url);
    const page = await browser.open('/_sandbox');
    const after = await browser.submit(page, { advance: '60' }, 'name="advance"');
    expect([after.status, sandbox.state.events]).toEqual([200, []]);
    expect(await read('state')).toMatchObject({ clock_offset_seconds: 60 });
  });
});

describe('the first page', () => {
  it('shows what to enter at an identity provider, who may sign in, and what happened', async () => {
    await signInAtApp(sandbox, 'sso', { connection: CONNECTION }, 'ada@acme.com');
    const { text } = await new ScriptedBrowser(sandbox.url).open('/');
    for (const shown of [
      `${sandbox.url}/sso/saml/acs/${CONNECTION}`,
      `${sandbox.url}/sso/saml/metadata/${CONNECTION}`,
      `http://localhost:3999/auth/login?organization=${ACME}`,
      `/idp/${CONNECTION}`,
      'grace@globex.com',
      'authentication.sso_succeeded',
    ]) {
      expect(text).toContain(shown);
    }
  });

  it('leads to service provider metadata with the same values', async () => {
    const response = await fetch(`${sandbox.url}/sso/saml/metadata/${CONNECTION}`);
    expect(response.headers.get('content-type')).toContain('xml');
    expect(await response.text()).toContain(`${sandbox.url}/sso/saml/acs/${CONNECTION}`);
  });
});

describe('lists', () => {
  it('are read page by page, in either order', async () => {
    const page = (query: string) =>
      fetch(`${sandbox.url}/user_management/users?${query}`, {
        headers: { authorization: `Bearer ${sandbox.apiKey}` },
      }).then(
        (response) =>
          response.json() as Promise<{
            data: { email: string }[];
            list_metadata: { before: string | null; after: string | null };
          }>,
      );
    const first = await page('limit=4&order=asc');
    expect([first.data.length, first.list_metadata.before]).toEqual([4, null]);
    const second = await page(`limit=4&order=asc&after=${first.list_metadata.after}`);
    expect([second.data.length, second.list_metadata.after]).toEqual([2, null]);
    const back = await page(`limit=4&order=asc&before=${second.list_metadata.before}`);
    expect(back.data).toEqual(first.data);
    const descending = await page('limit=100');
    expect(descending.data.toReversed()).toEqual([...first.data, ...second.data]);
  });

  it('are found through the SDK by domain and organization', async () => {
    const { data: found } = await workos.organizations.listOrganizations({ domains: ['globex.co.uk'] });
    expect(found.map(({ name }) => name)).toEqual(['Globex']);
    const { data: connections } = await workos.sso.listConnections({ organizationId: ACME });
    expect(connections.map(({ id, state }) => [id, state])).toEqual([[CONNECTION, 'active']]);
    const { data: roles } = await workos.authorization.listOrganizationRoles(ACME);
    expect(roles.map(({ slug, permissions }) => [slug, permissions.includes('invoices:write')])).toEqual([
      ['admin', true],
      ['member', false],
    ]);
  });
});
