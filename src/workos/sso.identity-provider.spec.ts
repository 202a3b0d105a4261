import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { itIsAnIdentityProvider, type Upstream } from '../identity/identity-provider.conformance.js';
import type { ExternalSession } from '../identity/identity-provider.port.js';
import { SsoIdentityProvider } from './sso.identity-provider.js';
import { WorkosStub } from './workos.stub.js';

Logger.overrideLogger(false);

const CLIENT = 'client_01ABC';
const REDIRECT_URI = 'https://app.acme.com/auth/callback';
const [TOKEN, LOGOUT] = ['/sso/token', '/sso/logout/authorize'];
const OIDC: ExternalSession = { sessionId: null, profileId: 'prof_1', connectionType: 'GenericOIDC' };

const PROFILE = {
  object: 'profile',
  id: 'prof_1',
  organization_id: 'org_1',
  connection_id: 'conn_1',
  connection_type: 'OktaSAML',
  idp_id: '00u1-subject',
  email: 'ada@acme.com',
  first_name: 'Ada',
  last_name: 'Lovelace',
  role: { slug: 'admin' },
  roles: [{ slug: 'admin' }],
  groups: ['everybody'],
  raw_attributes: {},
};
const granted = (profile: object) => ({
  json: { access_token: 'token', token_type: 'Bearer', expires_in: 600, profile: { ...PROFILE, ...profile } },
});

const adapter = (stub: WorkosStub, timeout?: number) =>
  new SsoIdentityProvider(stub.client(CLIENT, timeout), CLIENT, REDIRECT_URI);

async function start(): Promise<Upstream> {
  const stub = await WorkosStub.start();
  return {
    provider: adapter(stub),
    impatient: adapter(stub, 50),
    clientId: CLIENT,
    redirectUri: REDIRECT_URI,
    parameters: { organization: 'organization', connection: 'connection' },
    session: OIDC,
    async grant({ email, firstName, lastName, organizationId, roles }) {
      const names = { first_name: firstName, last_name: lastName, organization_id: organizationId };
      stub.on(TOKEN, granted({ email, ...names, role: null, roles: roles.map((slug) => ({ slug })) }));
      stub.on(LOGOUT, { json: { logout_url: `${stub.url}/sso/logout?token=t`, logout_token: 't' } });
    },
    fail(trouble) {
      for (const path of [TOKEN, LOGOUT]) stub.fail(path, trouble);
    },
    redeemed: () =>
      stub
        .requestsFor(TOKEN)
        .map(({ fields }) => ({ code: fields['code'], verifier: fields['code_verifier'] })),
    close: () => stub.close(),
  };
}

describe('standalone SSO', () => {
  itIsAnIdentityProvider(start);

  let stub: WorkosStub;
  let provider: SsoIdentityProvider;
  beforeEach(async () => {
    stub = await WorkosStub.start();
    provider = adapter(stub);
  });
  afterEach(() => stub.close());

  const identityOf = async (profile: object) => {
    stub.on(TOKEN, granted(profile));
    const result = await provider.exchange('code', null);
    return result.kind === 'identity' ? result.identity : null;
  };

  it('maps a profile to its connection and the subject of the identity provider', async () => {
    expect(await identityOf({})).toEqual({
      account: { kind: 'profile', profileId: 'prof_1', connectionId: 'conn_1', idpId: '00u1-subject' },
      email: 'ada@acme.com',
      firstName: 'Ada',
      lastName: 'Lovelace',
      profilePictureUrl: null,
      organizationId: 'org_1',
      connectionId: 'conn_1',
      connectionType: 'OktaSAML',
      method: 'sso',
      authenticatedAt: null,
      roles: ['admin'],
      permissions: null,
      impersonator: null,
      tokens: null,
    });
  });

  it.each([
    [{ roles: null, role: { slug: 'member' } }, ['member']],
    [{ roles: null, role: null }, []],
    [{ roles: [], role: { slug: 'member' } }, []],
    [{ roles: undefined, role: undefined }, []],
  ])('reads %j as the roles %j', async (profile, roles) => {
    expect((await identityOf(profile))?.roles).toEqual(roles);
  });

  it('has no organization to choose', async () => {
    await expect(provider.chooseOrganization()).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it.each(['OktaSAML', 'GoogleOAuth', 'GenericSAML', null])(
    'asks nobody to log out of a connection of the type %s',
    async (connectionType) => {
      expect(await provider.logoutUrl({ ...OIDC, connectionType })).toBeNull();
      expect(stub.received).toEqual([]);
    },
  );

  it('names the profile that is to be logged out', async () => {
    stub.on(LOGOUT, { json: { logout_url: 'https://api.workos.com/sso/logout?token=t' } });
    expect(await provider.logoutUrl(OIDC)).toBe('https://api.workos.com/sso/logout?token=t');
    expect(stub.requestsFor(LOGOUT).map(({ fields }) => fields)).toEqual([{ profile_id: 'prof_1' }]);
  });

  it('has nowhere to log out where the connection does not support it', async () => {
    stub.on(LOGOUT, { status: 400, json: { error: 'connection_invalid' } });
    expect(await provider.logoutUrl(OIDC)).toBeNull();
    stub.on(LOGOUT, { json: { logout_url: 7 } });
    expect(await provider.logoutUrl(OIDC)).toBeNull();
  });
});
