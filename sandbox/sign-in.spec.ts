import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sdk, throughIdp } from './application.factory.js';
import { ScriptedBrowser } from './scripted-browser.js';
import { startSandbox, type RunningSandbox } from './server.js';

const APP = 'http://localhost:3999';
const REDIRECT = `${APP}/auth/callback`;
const ACME = 'org_01HGATEH0VSEACME0000000001';
const GLOBEX = 'org_01HGATEH0VSEG10BEX00000001';
const CONNECTION = 'conn_01HGATEH0VSEACME0000000001';
const ADA = { email: 'ada@acme.com' };
const GUEST = { email: 'pat@partner.example' };

let sandbox: RunningSandbox;
let workos: ReturnType<typeof sdk>;
beforeAll(async () => {
  sandbox = await startSandbox({ appUrl: APP });
  workos = sdk(sandbox);
});
beforeEach(() => control('reset', {}));
afterAll(() => sandbox.close());

async function control(path: string, body: Record<string, unknown>): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const url = `${sandbox.url}/_sandbox/${path}`;
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  expect([path, response.status]).toEqual([path, 200]);
}

const base = () => ({ clientId: sandbox.clientId, redirectUri: REDIRECT });

/** What the application receives after the identity provider's page was sent with `fields`. */
async function callback(url: string, fields: Record<string, string>): Promise<Record<string, string>> {
  const browser = new ScriptedBrowser(sandbox.url);
  return received((await throughIdp(browser, await browser.open(url), fields)).url);
}

function received(url: string): Record<string, string> {
  expect(url.split('?')[0]).toBe(REDIRECT);
  return Object.fromEntries(new URL(url).searchParams);
}

const exchange = (code = '', codeVerifier?: string) =>
  workos.sso.getProfileAndToken({
    code,
    clientId: sandbox.clientId,
    ...(codeVerifier !== undefined && { codeVerifier }),
  });

describe('a sign-in that the application starts', () => {
  it('ends with a code for the profile that the identity provider vouched for, and the state as it was', async () => {
    const state = 'a b+c/%?&é';
    const url = workos.sso.getAuthorizationUrl({ ...base(), organization: ACME, state });
    const result = await callback(url, ADA);
    expect(result['state']).toBe(state);
    const { profile, accessToken } = await exchange(result['code']);
    expect(profile).toMatchObject({
      organizationId: ACME,
      connectionId: CONNECTION,
      connectionType: 'OktaSAML',
      email: 'ada@acme.com',
      firstName: 'Ada',
      lastName: 'Lovelace',
      name: 'Ada Lovelace',
      role: { slug: 'admin' },
      roles: [{ slug: 'admin' }],
      rawAttributes: {},
    });
    await expect(workos.sso.getProfile({ accessToken })).resolves.toEqual(profile);
  });

  it('fills the page of the identity provider in from the login hint', async () => {
    const url = workos.sso.getAuthorizationUrl({
      ...base(),
      connection: CONNECTION,
      loginHint: 'alan@acme.com',
    });
    const { code } = await callback(url, {});
    await expect(exchange(code)).resolves.toMatchObject({ profile: { email: 'alan@acme.com' } });
  });

  it('redeems a code once, and only with the verifier of its challenge', async () => {
    const { codeChallenge, codeVerifier } = await workos.pkce.generate();
    const pkce = { codeChallenge, codeChallengeMethod: 'S256' as const };
    const url = workos.sso.getAuthorizationUrl({ ...base(), organization: ACME, ...pkce });
    const code = async () => (await callback(url, ADA))['code'];
    const refused = { error: 'invalid_grant' };
    await expect(exchange(await code())).rejects.toMatchObject(refused);
    await expect(exchange(await code(), 'x'.repeat(43))).rejects.toMatchObject(refused);
    const tried = await code();
    await expect(exchange(tried, 'x'.repeat(43))).rejects.toMatchObject(refused);
    await expect(exchange(tried, codeVerifier)).rejects.toMatchObject(refused);
    const good = await code();
    await expect(exchange(good, codeVerifier)).resolves.toMatchObject({ profile: ADA });
    await expect(exchange(good, codeVerifier)).rejects.toMatchObject(refused);
  });

  it('refuses a verifier for a code that was issued without a challenge', async () => {
    const { code } = await callback(workos.sso.getAuthorizationUrl({ ...base(), organization: ACME }), ADA);
    await expect(exchange(code, 'x'.repeat(43))).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it.each([
    [599, 'redeems'],
    [601, 'refuses'],
  ])('after %i seconds it %s a code', async (advance, outcome) => {
    const { code } = await callback(workos.sso.getAuthorizationUrl({ ...base(), organization: ACME }), ADA);
    await control('clock', { advance });
    const redeemed = exchange(code).then(
      () => 'redeems',
      () => 'refuses',
    );
    await expect(redeemed).resolves.toBe(outcome);
  });

  it('takes guests where the organization does, and tells the application where it does not', async () => {
    const at = (organization: string) =>
      callback(workos.sso.getAuthorizationUrl({ ...base(), organization, state: 's' }), GUEST);
    expect(await at(ACME)).toMatchObject({ code: expect.any(String) });
    expect(await at(GLOBEX)).toMatchObject({ error: 'profile_not_allowed_outside_organization', state: 's' });
    await control(`organizations/${GLOBEX}`, { allow_profiles_outside_organization: true });
    expect(await at(GLOBEX)).toMatchObject({ code: expect.any(String) });
  });

  it("passes the identity provider's error on, with the state", async () => {
    const url = workos.sso.getAuthorizationUrl({ ...base(), organization: ACME, state: 's' });
    const result = await callback(url, { error: 'access_denied' });
    expect(result).toMatchObject({ error: 'access_denied', state: 's' });
    expect(result).not.toHaveProperty('code');
  });

  it('shows a response a second time to nobody', async () => {
    const browser = new ScriptedBrowser(sandbox.url);
    const url = workos.sso.getAuthorizationUrl({ ...base(), organization: ACME });
    const response = await browser.submit(await browser.open(url), ADA, 'name="email"');
    received((await browser.submit(response, {}, 'SAMLResponse')).url);
    const again = await browser.submit(response, {}, 'SAMLResponse');
    expect([again.status, again.text]).toEqual([
      400,
      expect.stringContaining('does not belong to this sign-in'),
    ]);
    const events = await workos.events.listEvents({ events: ['authentication.sso_failed'] });
    expect(events.data).toHaveLength(1);
  });

  it('gives up a sign-in that took longer than five minutes', async () => {
    const browser = new ScriptedBrowser(sandbox.url);
    const url = workos.sso.getAuthorizationUrl({ ...base(), organization: ACME });
    const page = await browser.open(url);
    await control('clock', { advance: 301 });
    expect((await throughIdp(browser, page, ADA)).status).toBe(400);
  });

  it.each([
    ['connection_invalid', { connection: 'conn_unknown' }],
    ['organization_invalid', { organization: 'org_unknown' }],
    ['connection_strategy_invalid', { provider: 'UnknownOAuth' }],
    ['invalid_connection_selector', {}],
    ['invalid_connection_selector', { connection: CONNECTION, organization: ACME }],
    ['domain_connection_selector_not_allowed', { domain: 'acme.com' }],
    ['invalid_request', { organization: ACME, code_challenge: 'x', code_challenge_method: 'plain' }],
    ['unsupported_response_type', { organization: ACME, response_type: 'token' }],
  ])('tells the application %s for %j', async (error, parameters) => {
    const { url, clientId } = sandbox;
    const fixed = { client_id: clientId, redirect_uri: REDIRECT, response_type: 'code', state: 's' };
    const query = new URLSearchParams({ ...fixed, ...(parameters as Record<string, string>) });
    const end = await new ScriptedBrowser(url).open(`/sso/authorize?${query.toString()}`);
    expect(received(end.url)).toMatchObject({ error, state: 's' });
  });

  it('refuses an inactive connection, and one without identity provider', async () => {
    const url = workos.sso.getAuthorizationUrl({ ...base(), connection: CONNECTION });
    const error = async () => received((await new ScriptedBrowser(sandbox.url).open(url)).url)['error'];
    await control(`connections/${CONNECTION}/identity-provider`, { use: 'none' });
    expect(await error()).toBe('connection_unlinked');
    await control(`connections/${CONNECTION}`, { state: 'inactive' });
    expect(await error()).toBe('connection_invalid');
  });

  it.each([
    ['a foreign redirect URI', { redirect_uri: 'https://evil.example/' }],
    ['a redirect URI that only begins like a registered one', { redirect_uri: `${REDIRECT}/x` }],
    ['another client ID', { client_id: 'client_other' }],
  ])('answers %s with a page and no redirect', async (_name, wrong) => {
    const { url, clientId } = sandbox;
    const fixed = { client_id: clientId, redirect_uri: REDIRECT, response_type: 'code', organization: ACME };
    const query = new URLSearchParams({ ...fixed, ...wrong });
    const end = await new ScriptedBrowser(url).open(`/sso/authorize?${query.toString()}`);
    expect([end.status, end.text]).toEqual([400, expect.stringContaining('<h1>')]);
  });

  it('signs in at an OAuth provider, for a profile without organization', async () => {
    const browser = new ScriptedBrowser(sandbox.url);
    const url = workos.sso.getAuthorizationUrl({ ...base(), provider: 'GoogleOAuth', state: 's' });
    const end = await browser.submit(await browser.open(url), { email: 'someone@gmail.example' });
    const { code, state } = received(end.url);
    expect(state).toBe('s');
    await expect(exchange(code)).resolves.toMatchObject({
      profile: { organizationId: null, connectionType: 'GoogleOAuth', email: 'someone@gmail.example' },
    });
  });
});

describe('a sign-in that the identity provider starts', () => {
  const start = async (fields: Record<string, string>): Promise<string> => {
    const browser = new ScriptedBrowser(sandbox.url);
    return (await throughIdp(browser, await browser.open(`/idp/${CONNECTION}`), fields)).url;
  };

  it('gives the default redirect URI a code and no state', async () => {
    const result = received(await start(ADA));
    expect(Object.keys(result)).toEqual(['code']);
    await expect(exchange(result['code'])).resolves.toMatchObject({ profile: { connectionId: CONNECTION } });
  });

  it('is refused with the connection and the organization where it is disabled', async () => {
    await control(`connections/${CONNECTION}`, { idp_initiated: 'disabled' });
    expect(received(await start(ADA))).toMatchObject({
      error: 'idp_initiated_sso_disabled',
      connection_id: CONNECTION,
      organization_id: ACME,
    });
  });

  it('restarts at the sign-in endpoint where one is used', async () => {
    await control(`connections/${CONNECTION}`, { idp_initiated: 'sign_in_endpoint' });
    expect(await start(ADA)).toBe(`${APP}/auth/login?connection_id=${CONNECTION}`);
  });

  it('goes to a registered redirect URI that the relay state names, and to no other', async () => {
    const other = `${APP}/other/callback`;
    await control('settings', { redirect_uris: [REDIRECT, other] });
    expect(await start({ ...ADA, RelayState: `redirect_uri=${other}` })).toMatch(`${other}?code=`);
    expect(await start({ ...ADA, RelayState: 'redirect_uri=https://evil.example/' })).toMatch(
      `${REDIRECT}?code=`,
    );
  });
});
