import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { WorkOS } from '@workos-inc/node';
import { ScriptedBrowser, type VisitedPage } from './scripted-browser.js';
import { startSandbox, type RunningSandbox } from './server.js';

const APP = 'http://localhost:3999';
const REDIRECT = `${APP}/auth/callback`;
const ACME = 'org_01HGATEH0VSEACME0000000001';
const GLOBEX = 'org_01HGATEH0VSEG10BEX00000001';
const ACME_CONNECTION = 'conn_01HGATEH0VSEACME0000000001';

let sandbox: RunningSandbox;
let workos: WorkOS;
beforeAll(async () => {
  sandbox = await startSandbox({ appUrl: APP });
  const { hostname, port } = new URL(sandbox.url);
  workos = new WorkOS(sandbox.apiKey, {
    clientId: sandbox.clientId,
    apiHostname: hostname,
    port: Number(port),
    https: false,
    maxRetries: 0,
  });
});
beforeEach(() => {
  sandbox.state.reset();
});
afterAll(() => sandbox.close());

interface AuthorizeOptions {
  organization?: string;
  state?: string;
  codeChallenge?: string;
  codeChallengeMethod?: 'S256';
}
const authorize = ({ organization = ACME, ...options }: AuthorizeOptions): string =>
  workos.sso.getAuthorizationUrl({
    clientId: sandbox.clientId,
    redirectUri: REDIRECT,
    organization,
    ...options,
  });

/** From the identity provider's page through the assertion consumer to the application. */
async function throughIdp(
  browser: ScriptedBrowser,
  page: VisitedPage,
  fields: Record<string, string>,
): Promise<VisitedPage> {
  const response = await browser.submit(page, fields, 'name="email"');
  return browser.submit(response, {}, 'SAMLResponse');
}

async function callback(url: string, fields: Record<string, string>): Promise<URLSearchParams> {
  const browser = new ScriptedBrowser(sandbox.url);
  const { url: end, text } = await throughIdp(browser, await browser.open(url), fields);
  expect([end.split('?')[0], text.slice(0, 300)]).toEqual([REDIRECT, '']);
  return new URL(end).searchParams;
}

const exchange = (code: string, codeVerifier?: string) =>
  workos.sso.getProfileAndToken({
    code,
    clientId: sandbox.clientId,
    ...(codeVerifier !== undefined && { codeVerifier }),
  });

describe('a sign-in started by the application', () => {
  it('ends with a code for the profile that the identity provider vouched for, and the state as it was', async () => {
    const state = 'a b+c/%?&é';
    const result = await callback(authorize({ state }), { email: 'ada@acme.com' });
    expect(result.get('state')).toBe(state);
    const { profile, accessToken } = await exchange(result.get('code') ?? '');
    expect(profile).toMatchObject({
      organizationId: ACME,
      connectionId: ACME_CONNECTION,
      connectionType: 'OktaSAML',
      email: 'ada@acme.com',
      firstName: 'Ada',
      lastName: 'Lovelace',
      role: { slug: 'admin' },
      rawAttributes: {},
    });
    await expect(workos.sso.getProfile({ accessToken })).resolves.toEqual(profile);
  });

  it('redeems a code once, with the verifier of its challenge, for ten minutes', async () => {
    const { codeChallenge, codeVerifier } = await workos.pkce.generate();
    const url = authorize({ codeChallenge, codeChallengeMethod: 'S256' });
    const code = async (): Promise<string> =>
      (await callback(url, { email: 'ada@acme.com' })).get('code') ?? '';
    await expect(exchange(await code())).rejects.toMatchObject({ error: 'invalid_grant' });
    await expect(exchange(await code(), 'x'.repeat(43))).rejects.toMatchObject({ error: 'invalid_grant' });
    const good = await code();
    await expect(exchange(good, codeVerifier)).resolves.toBeDefined();
    await expect(exchange(good, codeVerifier)).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('takes a guest where the organization allows it, and tells the application where it does not', async () => {
    const guest = { email: 'pat@partner.example' };
    expect((await callback(authorize({ state: 's' }), guest)).get('code')).not.toBeNull();
    const refused = await callback(authorize({ organization: GLOBEX, state: 's' }), guest);
    expect(Object.fromEntries(refused)).toMatchObject({
      error: 'profile_not_allowed_outside_organization',
      state: 's',
    });
  });
});
