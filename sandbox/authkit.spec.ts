import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { sdk, throughIdp } from './application.factory.js';
import { ScriptedBrowser, type VisitedPage } from './scripted-browser.js';
import { startSandbox, type RunningSandbox } from './server.js';

const APP = 'http://localhost:3999';
const REDIRECT = `${APP}/auth/callback`;
const ACME = 'org_01HGATEH0VSEACME0000000001';
const GLOBEX = 'org_01HGATEH0VSEG10BEX00000001';
const CONNECTION = 'conn_01HGATEH0VSEACME0000000001';
const ADA = { email: 'ada@acme.com' };
const SAM = { email: 'sam@acme.com' };

let sandbox: RunningSandbox;
let workos: ReturnType<typeof sdk>;
let browser: ScriptedBrowser;
beforeAll(async () => {
  sandbox = await startSandbox({ appUrl: APP });
  workos = sdk(sandbox);
});
beforeEach(async () => {
  await control('reset', {});
  browser = new ScriptedBrowser(sandbox.url);
});
afterAll(() => sandbox.close());

async function control(path: string, body: Record<string, unknown>): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const url = `${sandbox.url}/_sandbox/${path}`;
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  expect([path, response.status]).toEqual([path, 200]);
}

type Options = Omit<Parameters<typeof workos.userManagement.getAuthorizationUrl>[0], 'redirectUri'>;
const open = (options: Options = { provider: 'authkit' }): Promise<VisitedPage> =>
  browser.open(workos.userManagement.getAuthorizationUrl({ redirectUri: REDIRECT, ...options }));

function received({ url, text }: VisitedPage): Record<string, string> {
  expect([url.split('?')[0], text]).toEqual([REDIRECT, '']);
  return Object.fromEntries(new URL(url).searchParams);
}

async function bySso(person: { email: string }, options?: Options): Promise<VisitedPage> {
  const page = await open(options);
  const atIdp = page.url.includes('/idp/') ? page : await browser.submit(page, person);
  return throughIdp(browser, atIdp, person);
}

const authenticate = async (page: VisitedPage) =>
  workos.userManagement.authenticateWithCode({ code: received(page)['code'] ?? '' });
const refresh = (refreshToken: string, organizationId?: string) =>
  workos.userManagement.authenticateWithRefreshToken({
    refreshToken,
    ...(organizationId !== undefined && { organizationId }),
  });

describe("AuthKit's hosted page", () => {
  it('sends an e-mail whose domain has a connection through SSO', async () => {
    const end = await bySso(ADA, { provider: 'authkit', state: 's' });
    expect(received(end)['state']).toBe('s');
    await expect(authenticate(end)).resolves.toMatchObject({
      user: { email: 'ada@acme.com', firstName: 'Ada' },
      organizationId: ACME,
      authenticationMethod: 'SSO',
    });
  });

  it('signs other people in by itself, and creates those whom it does not know', async () => {
    const page = await browser.submit(await open(), { email: 'new@home.example' });
    const end = await browser.submit(page, { first_name: 'New', last_name: 'Person' });
    const { user, organizationId, authenticationMethod } = await authenticate(end);
    expect(user).toMatchObject({ email: 'new@home.example', firstName: 'New', lastName: 'Person' });
    expect([organizationId, authenticationMethod]).toEqual([undefined, 'MagicAuth']);
  });

  it('asks again for an e-mail that is none', async () => {
    const page = await browser.submit(await open(), { email: 'nobody' });
    expect([page.status, page.text]).toEqual([400, expect.stringContaining('role="alert"')]);
  });

  it('does not let anybody around the SSO of their domain', async () => {
    const page = await open();
    const forced = await browser.open(`${page.url}/sign-in`, { method: 'POST' });
    expect(forced.url).toBe(page.url);
    await browser.submit(page, ADA);
    const direct = await browser.open(`${page.url}/sign-in`, { method: 'POST' });
    expect(direct.url).toBe(page.url);
  });

  it('asks for the organization where somebody has several', async () => {
    const choice = await bySso(SAM);
    expect(choice.text).toContain('Globex');
    const end = await browser.submit(choice, { organization_id: GLOBEX });
    await expect(authenticate(end)).resolves.toMatchObject({ organizationId: GLOBEX });
  });

  it('does not ask where the application named the organization', async () => {
    const end = await bySso(SAM, { organizationId: ACME });
    await expect(authenticate(end)).resolves.toMatchObject({ organizationId: ACME });
  });

  it("refuses an organization that is not the person's", async () => {
    const end = await bySso(ADA, { provider: 'authkit', organizationId: GLOBEX, state: 's' });
    expect(received(end)).toMatchObject({ error: 'access_denied', state: 's' });
  });

  it('makes whoever comes through a connection a member of its organization', async () => {
    const email = 'hired.today@acme.com';
    const { user } = await authenticate(await bySso({ email }, { connectionId: CONNECTION }));
    const { data } = await workos.userManagement.listOrganizationMemberships({ userId: user.id });
    expect(data).toEqual([expect.objectContaining({ organizationId: ACME, role: { slug: 'member' } })]);
  });

  it('remembers the browser until it is signed out', async () => {
    const { accessToken } = await authenticate(await bySso(ADA));
    await expect(authenticate(await open())).resolves.toMatchObject({ user: ADA });
    expect((await open({ provider: 'authkit', prompt: 'login' })).text).toContain('name="email"');
    expect((await open({ provider: 'authkit', maxAge: 0 })).text).toContain('name="email"');
    expect((await open({ provider: 'authkit', loginHint: 'alan@acme.com' })).text).toContain('alan@acme.com');

    const sessionId = String(decodeJwt(accessToken)['sid']);
    const logout = workos.userManagement.getLogoutUrl({ sessionId, returnTo: APP });
    expect((await browser.open(logout)).url).toBe(`${APP}/`);
    expect((await open()).text).toContain('name="email"');
    expect(sandbox.state.session(sessionId)?.endedAt).not.toBeNull();
  });

  it('signs out, but redirects to no foreign address', async () => {
    const { accessToken } = await authenticate(await bySso(ADA));
    const sessionId = String(decodeJwt(accessToken)['sid']);
    const logout = workos.userManagement.getLogoutUrl({ sessionId, returnTo: 'https://evil.example/' });
    expect((await browser.open(logout)).status).toBe(400);
    expect(sandbox.state.session(sessionId)?.endedAt).not.toBeNull();
  });

  it('ends a sign-in at an OAuth provider with the choice of an organization, at the application', async () => {
    const end = await browser.submit(await open({ provider: 'GoogleOAuth' }), SAM);
    const error: unknown = await authenticate(end).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'organization_selection_required' });
    const { pendingAuthenticationToken } = error as { pendingAuthenticationToken: string };
    await expect(
      workos.userManagement.authenticateWithOrganizationSelection({
        pendingAuthenticationToken,
        organizationId: GLOBEX,
      }),
    ).resolves.toMatchObject({ organizationId: GLOBEX, user: SAM });
  });

  it('redeems the code of an IdP-initiated sign-in', async () => {
    const end = await throughIdp(browser, await browser.open(`/idp/${CONNECTION}`), ADA);
    await expect(authenticate(end)).resolves.toMatchObject({ user: ADA, organizationId: ACME });
  });

  it('redeems a code with a challenge only with its verifier', async () => {
    const { codeChallenge, codeVerifier } = await workos.pkce.generate();
    const options = { provider: 'authkit', codeChallenge, codeChallengeMethod: 'S256' as const };
    await expect(authenticate(await bySso(ADA, options))).rejects.toMatchObject({ error: 'invalid_grant' });
    const code = received(await open(options))['code'] ?? '';
    // Without a secret, as a public client does.
    await expect(
      workos.userManagement.authenticateWithCodeAndVerifier({ code, codeVerifier }),
    ).resolves.toMatchObject({ user: ADA });
  });
});

describe('tokens', () => {
  it('are signed, and say who, where and what', async () => {
    const { accessToken, user } = await authenticate(await bySso(ADA));
    const keys = createRemoteJWKSet(new URL(workos.userManagement.getJwksUrl(sandbox.clientId)));
    const issuer = `${sandbox.url}/user_management/${sandbox.clientId}`;
    const { payload, protectedHeader } = await jwtVerify(accessToken, keys, { issuer });
    expect(protectedHeader.alg).toBe('RS256');
    expect(payload).toMatchObject({
      sub: user.id,
      client_id: sandbox.clientId,
      org_id: ACME,
      role: 'admin',
      roles: ['admin'],
      permissions: expect.arrayContaining(['invoices:write', 'organization:manage']),
    });
    expect(Number(payload.exp) - Number(payload.iat)).toBe(300);
    expect(payload).not.toHaveProperty('aud');
  });

  it('of an older key stay verifiable after a rotation, and do not once it is retired', async () => {
    const { accessToken } = await authenticate(await bySso(ADA));
    const verify = () =>
      jwtVerify(accessToken, createRemoteJWKSet(new URL(workos.userManagement.getJwksUrl(sandbox.clientId))));
    await control('keys/rotate', {});
    await expect(verify()).resolves.toMatchObject({ payload: { sub: decodeJwt(accessToken).sub } });
    await control('keys/rotate', { retire_others: true });
    await expect(verify()).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
  });

  it('rotate at every refresh; a spent one gives the same answer for half a minute', async () => {
    const first = await authenticate(await bySso(ADA));
    const next = await refresh(first.refreshToken);
    expect(next.refreshToken).not.toBe(first.refreshToken);
    await control('clock', { advance: 25 });
    const replayed = await refresh(first.refreshToken);
    expect([replayed.refreshToken, replayed.accessToken]).toEqual([next.refreshToken, next.accessToken]);
    await control('clock', { advance: 10 });
    await expect(refresh(first.refreshToken)).rejects.toMatchObject({ error: 'invalid_grant' });
    await expect(refresh(next.refreshToken)).resolves.toMatchObject({ user: ADA });
  });

  it('are the same for twenty refreshes at once', async () => {
    const { refreshToken } = await authenticate(await bySso(ADA));
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(refreshToken)));
    expect(new Set(answers.map((answer) => answer.refreshToken)).size).toBe(1);
  });

  it('keep the time of the sign-in when they are refreshed', async () => {
    const first = await authenticate(await bySso(ADA));
    await control('clock', { advance: 120 });
    const before = decodeJwt(first.accessToken);
    const after = decodeJwt((await refresh(first.refreshToken)).accessToken);
    expect(after['auth_time']).toBe(before['auth_time']);
    expect(Number(after.iat) - Number(before.iat)).toBeGreaterThanOrEqual(120);
  });

  it('are not renewed once the session was revoked', async () => {
    const { refreshToken, accessToken, user } = await authenticate(await bySso(ADA));
    const sessionId = String(decodeJwt(accessToken)['sid']);
    await workos.userManagement.revokeSession({ sessionId });
    await expect(refresh(refreshToken)).rejects.toMatchObject({ error: 'invalid_grant' });
    const { data } = await workos.userManagement.listSessions(user.id);
    expect(data.map(({ id, status }) => [id, status])).toEqual([[sessionId, 'revoked']]);
  });

  it('switch to another organization of the person, and to no other', async () => {
    const choice = await bySso(SAM);
    const first = await authenticate(await browser.submit(choice, { organization_id: ACME }));
    const switched = await refresh(first.refreshToken, GLOBEX);
    expect(decodeJwt(switched.accessToken)).toMatchObject({ org_id: GLOBEX, role: 'member' });
    await expect(refresh(switched.refreshToken, 'org_unknown')).rejects.toMatchObject({
      error: 'organization_not_found',
    });
    await expect(refresh(switched.refreshToken, 'org_test_idp')).rejects.toMatchObject({
      error: 'organization_membership_not_found',
    });
  });

  it('switch only through SSO to the organization that owns the e-mail domain', async () => {
    const end = await browser.submit(await open({ provider: 'GoogleOAuth' }), ADA);
    const first = await authenticate(end);
    await expect(refresh(first.refreshToken, ACME)).rejects.toMatchObject({
      rawData: { error: 'sso_required', connection_ids: [CONNECTION], email: 'ada@acme.com' },
    });
  });
});
