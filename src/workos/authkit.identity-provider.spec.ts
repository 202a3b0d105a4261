import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createNoopMeter } from '@opentelemetry/api';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import { itIsAnIdentityProvider, type Upstream } from '../identity/identity-provider.conformance.js';
import { AccessTokenVerifier } from './access-token.js';
import { AuthkitIdentityProvider } from './authkit.identity-provider.js';
import { SigningKeys } from './signing-keys.js';
import { WorkosRequests } from './workos.requests.js';
import { WorkosStub } from './workos.stub.js';

Logger.overrideLogger(false);

const CLIENT = 'client_01ABC';
const REDIRECT_URI = 'https://app.acme.com/auth/callback';
const ISSUER = 'https://api.workos.com';
const [AUTHENTICATE, REVOKE] = ['/user_management/authenticate', '/user_management/sessions/revoke'];
const JWKS = `/sso/jwks/${CLIENT}`;
const NOW = new Date('2026-03-01T12:00:00Z');
const EXPIRES_AT = new Date(NOW.getTime() + 300_000);

const keys = await generateKeyPair('RS256');
const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'key-1', alg: 'RS256', use: 'sig' };

const USER = {
  object: 'user',
  id: 'user_1',
  email: 'ada@acme.com',
  first_name: 'Ada',
  last_name: 'Lovelace',
  profile_picture_url: 'https://cdn.acme.com/ada.png',
  email_verified: true,
  created_at: NOW.toISOString(),
  updated_at: NOW.toISOString(),
};

function accessToken(claims: Record<string, unknown>): Promise<string> {
  const seconds = NOW.getTime() / 1000;
  const times = { iat: seconds, exp: EXPIRES_AT.getTime() / 1000 };
  return new SignJWT({ iss: ISSUER, sub: USER.id, sid: 'session_1', client_id: CLIENT, ...times, ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: 'key-1' })
    .sign(keys.privateKey);
}

/** The answer of the API for this user, and an access token that says the same unless `claims` say otherwise. */
async function granted(answer: Record<string, unknown> = {}, claims: Record<string, unknown> = {}) {
  const organization = { organization_id: 'org_1', ...answer };
  const said = { org_id: organization.organization_id ?? undefined, ...claims };
  const tokens = { access_token: await accessToken(said), refresh_token: 'refresh-1' };
  return { json: { user: USER, authentication_method: 'SSO', ...tokens, ...organization } };
}

function adapter(stub: WorkosStub, timeout?: number): AuthkitIdentityProvider {
  const now = () => NOW;
  const keys = new SigningKeys(new URL(stub.url + JWKS), now, new WorkosRequests(createNoopMeter()).fetch);
  const rules = { keys, issuers: [ISSUER], clientId: CLIENT, now };
  const workos = stub.client(CLIENT, timeout);
  return new AuthkitIdentityProvider(workos, CLIENT, REDIRECT_URI, new AccessTokenVerifier(rules));
}

async function start(): Promise<Upstream> {
  const stub = await WorkosStub.start();
  stub.on(JWKS, { json: { keys: [jwk] } });
  return {
    provider: adapter(stub),
    impatient: adapter(stub, 50),
    clientId: CLIENT,
    redirectUri: REDIRECT_URI,
    parameters: { organization: 'organization_id', connection: 'connection_id' },
    session: { sessionId: 'session_1', profileId: null, connectionType: null },
    async grant({ email, firstName, lastName, organizationId, roles }) {
      const user = { ...USER, email, first_name: firstName, last_name: lastName };
      stub.on(AUTHENTICATE, await granted({ user, organization_id: organizationId }, { roles }));
      stub.on(REVOKE, { json: {} });
    },
    fail(trouble) {
      for (const path of [AUTHENTICATE, REVOKE]) stub.fail(path, trouble);
    },
    redeemed: () =>
      stub
        .requestsFor(AUTHENTICATE)
        .map(({ fields }) => ({ code: fields['code'], verifier: fields['code_verifier'] })),
    close: () => stub.close(),
  };
}

describe('AuthKit', () => {
  itIsAnIdentityProvider(start);

  let stub: WorkosStub;
  let provider: AuthkitIdentityProvider;
  beforeEach(async () => {
    stub = await WorkosStub.start();
    stub.on(JWKS, { json: { keys: [jwk] } });
    provider = adapter(stub);
  });
  afterEach(() => stub.close());

  it('maps a user with the roles, permissions and tokens of the session', async () => {
    const impersonator = { email: 'support@workos.com', reason: 'ticket 7' };
    const claims = { role: 'admin', roles: ['admin', 'auditor'], permissions: ['reports:read'] };
    stub.on(AUTHENTICATE, await granted({ impersonator }, claims));
    expect(await provider.exchange('code', 'verifier')).toEqual({
      kind: 'identity',
      identity: {
        account: { kind: 'user', userId: 'user_1' },
        email: 'ada@acme.com',
        firstName: 'Ada',
        lastName: 'Lovelace',
        profilePictureUrl: 'https://cdn.acme.com/ada.png',
        organizationId: 'org_1',
        connectionId: null,
        connectionType: null,
        method: 'sso',
        authenticatedAt: null,
        roles: ['admin', 'auditor'],
        permissions: ['reports:read'],
        impersonator,
        tokens: { sessionId: 'session_1', accessTokenExpiresAt: EXPIRES_AT, refreshToken: 'refresh-1' },
      },
    });
  });

  it.each<[string, Record<string, unknown>]>([
    ['another user', { sub: 'user_2' }],
    ['another organization', { org_id: 'org_2' }],
    ['no organization', { org_id: undefined }],
    ['another client', { client_id: 'client_02XYZ' }],
    ['another issuer', { iss: 'https://evil.com' }],
    ['the past', { exp: NOW.getTime() / 1000 - 60 }],
  ])('believes no answer whose access token is of %s', async (_, claims) => {
    stub.on(AUTHENTICATE, await granted({}, claims));
    await expect(provider.exchange('code', null)).rejects.toMatchObject({ code: 'upstream_unavailable' });
  });

  it('lets nobody in while the keys of access tokens cannot be asked for', async () => {
    stub.on(AUTHENTICATE, await granted());
    stub.on(JWKS, { status: 503, json: {} });
    await expect(provider.exchange('code', null)).rejects.toMatchObject({ code: 'upstream_unavailable' });
  });

  describe('where a person must choose an organization', () => {
    const organizations = [
      { id: 'org_1', name: 'Acme' },
      { id: 'org_2', name: 'Globex' },
    ];
    const selection = {
      code: 'organization_selection_required',
      message: 'Choose.',
      pending_authentication_token: 'pending-1',
      organizations,
      user: USER,
    };

    it('offers them, with the token to finish with', async () => {
      stub.on(AUTHENTICATE, { status: 403, json: selection });
      expect(await provider.exchange('code', null)).toEqual({
        kind: 'choose-organization',
        choice: { pendingToken: 'pending-1', organizations },
      });
    });

    it.each([
      ['without a token', { ...selection, pending_authentication_token: undefined }],
      ['without organizations', { ...selection, organizations: undefined }],
      ['of another step', { ...selection, code: 'mfa_challenge' }],
    ])('offers nothing from an answer %s', async (_, json) => {
      stub.on(AUTHENTICATE, { status: 403, json });
      await expect(provider.exchange('code', null)).rejects.toMatchObject({ status: expect.any(Number) });
    });

    it('finishes with the token and the organization that was chosen', async () => {
      stub.on(AUTHENTICATE, await granted({ organization_id: 'org_2' }));
      expect(await provider.chooseOrganization('pending-1', 'org_2')).toMatchObject({
        organizationId: 'org_2',
      });
      expect(stub.requestsFor(AUTHENTICATE).map(({ fields }) => fields)).toMatchObject([
        {
          grant_type: 'urn:workos:oauth:grant-type:organization-selection',
          pending_authentication_token: 'pending-1',
          organization_id: 'org_2',
          client_id: CLIENT,
        },
      ]);
    });

    it.each([
      [{ status: 400, json: { code: 'invalid_pending_authentication_token', message: '' } }, 'invalid_code'],
      [{ status: 503, html: 'unavailable' }, 'upstream_unavailable'],
    ])('fails like a code on %j', async (reply, code) => {
      stub.on(AUTHENTICATE, reply);
      await expect(provider.chooseOrganization('pending-1', 'org_2')).rejects.toMatchObject({ code });
    });
  });

  it.each([
    'sso_required',
    'mfa_enrollment',
    'mfa_challenge',
    'email_verification_required',
    'authentication_method_not_allowed',
  ])('tells a refused person from a refused code: %s', async (error) => {
    stub.on(AUTHENTICATE, { status: 403, json: { code: error, message: '' } });
    await expect(provider.exchange('code', null)).rejects.toMatchObject({ code: 'idp_error' });
    stub.on(AUTHENTICATE, { status: 400, json: { error, error_description: '' } });
    await expect(provider.exchange('code', null)).rejects.toMatchObject({ code: 'idp_error' });
  });

  it('logs out over WorkOS and comes back to where it was told', async () => {
    const session = { sessionId: 'session_1', profileId: null, connectionType: null };
    const url = new URL((await provider.logoutUrl(session, 'https://app.acme.com/bye?x=1')) ?? '');
    expect(url.pathname).toBe('/user_management/sessions/logout');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      session_id: 'session_1',
      return_to: 'https://app.acme.com/bye?x=1',
    });
  });

  it('ends the session of a sign-in that it does not use', async () => {
    stub.on(AUTHENTICATE, await granted());
    stub.on(REVOKE, { json: {} });
    const result = await provider.exchange('code', null);
    if (result.kind === 'identity') await provider.discard(result.identity);
    expect(stub.requestsFor(REVOKE).map(({ fields }) => fields)).toEqual([{ session_id: 'session_1' }]);
  });
});
