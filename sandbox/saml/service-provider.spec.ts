import { inflateRawSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  type AssertionOptions,
  encodeResponse,
  errorResponseXml,
  responseXml,
  signResponse,
} from '../idp/assertion.js';
import { readAuthnRequest } from '../idp/authn-request.js';
import type { SigningKey } from '../idp/signing-key.js';
import {
  assertionOptions,
  connectionWith,
  NOW,
  REQUEST_ID,
  signedResponse,
  signingKeys,
} from './service-provider.factory.js';
import { SamlServiceProvider } from './service-provider.js';

let key: SigningKey;
let foreignKey: SigningKey;
beforeAll(async () => {
  ({ key, foreignKey } = await signingKeys());
});

const provider = (now = NOW) => new SamlServiceProvider(() => now);
const finish = (overrides: Partial<AssertionOptions>, expected: string | null = REQUEST_ID) =>
  provider().finishSignIn(connectionWith(key), signedResponse(key, overrides), expected);

describe('starting a sign-in', () => {
  const start = (options = {}) =>
    provider().startSignIn(connectionWith(key), { relayState: 'relay & state', ...options });
  const requestOf = (url: string) =>
    inflateRawSync(Buffer.from(new URL(url).searchParams.get('SAMLRequest') ?? '', 'base64')).toString();

  it('sends a deflated AuthnRequest that the identity provider reads, with relay state and login hint', async () => {
    const { url, requestId } = await start({ loginHint: 'ada@acme.com' });
    const query = new URL(url).searchParams;
    expect(url).toMatch(/^https:\/\/idp\.example\/acme\/sso\?/);
    expect(query.get('RelayState')).toBe('relay & state');
    expect(query.get('login_hint')).toBe('ada@acme.com');
    expect(readAuthnRequest(query.get('SAMLRequest') ?? '', 'redirect', connectionWith())).toEqual({
      id: requestId,
      subject: null,
      forceAuthn: false,
    });
    expect(requestOf(url)).toContain('IssueInstant="2030-05-01T12:00:00.000Z"');
  });

  it('makes a new request id every time', async () => {
    expect((await start()).requestId).not.toBe((await start()).requestId);
  });

  it('asks for a fresh authentication only where it is wanted', async () => {
    expect(requestOf((await start()).url)).not.toContain('ForceAuthn');
    expect(requestOf((await start({ forceAuthn: true })).url)).toContain('ForceAuthn="true"');
  });

  it('keeps the query that the identity provider has in its own URL', async () => {
    const connection = connectionWith(key);
    const idp = { ...connection.idp!, ssoUrl: 'https://idp.example/sso?tenant=7' };
    const { url } = await provider().startSignIn({ ...connection, idp }, { relayState: '' });
    expect(new URL(url).searchParams.get('tenant')).toBe('7');
  });

  it('says that a connection without an identity provider is not configured', async () => {
    const connection = { ...connectionWith(key), idp: null };
    await expect(provider().startSignIn(connection, { relayState: '' })).rejects.toMatchObject({
      code: 'not_configured',
    });
  });
});

describe('finishing a sign-in', () => {
  it('gives the identity of a response to the request', async () => {
    expect(await finish({})).toEqual({
      nameId: 'ada@acme.com',
      id: 'okta-1',
      email: 'ada@acme.com',
      firstName: 'Ada',
      lastName: 'Lovelace',
      groups: [],
      attributes: { id: 'okta-1', email: 'ada@acme.com', firstName: 'Ada', lastName: 'Lovelace' },
    });
  });

  it('gives the identity of a sign-in that the identity provider began', async () => {
    expect(await finish({ inResponseTo: null }, null)).toMatchObject({ id: 'okta-1' });
  });

  it.each(['assertion', 'response'] as const)(
    'accepts a response where only the %s is signed',
    async (part) => {
      const response = encodeResponse(signResponse(responseXml(assertionOptions()), key, part));
      await expect(provider().finishSignIn(connectionWith(key), response, REQUEST_ID)).resolves.toMatchObject(
        { id: 'okta-1' },
      );
    },
  );

  it('accepts either key while the identity provider changes its certificate', async () => {
    const connection = connectionWith(foreignKey, key);
    for (const signer of [key, foreignKey]) {
      const identity = await provider().finishSignIn(connection, signedResponse(signer), REQUEST_ID);
      expect(identity.email).toBe('ada@acme.com');
    }
  });

  it('gives several groups, one group, and markup in a name as they are', async () => {
    const attributes = { ...assertionOptions().attributes, lastName: '<b>&"\'' };
    expect(await finish({ attributes: { ...attributes, groups: ['a', 'b'] } })).toMatchObject({
      groups: ['a', 'b'],
      lastName: '<b>&"\'',
    });
    expect(await finish({ attributes: { ...attributes, groups: 'a' } })).toMatchObject({ groups: ['a'] });
  });

  it('takes an empty name as no name', async () => {
    const attributes = { ...assertionOptions().attributes, firstName: '', lastName: '' };
    expect(await finish({ attributes })).toMatchObject({ firstName: null, lastName: null });
  });

  it('names the request that a response claims to answer', () => {
    expect(provider().inResponseTo(signedResponse(key))).toBe(REQUEST_ID);
    expect(provider().inResponseTo(signedResponse(key, { inResponseTo: null }))).toBeNull();
  });

  it.each(['id', 'email', 'firstName', 'lastName'])(
    'says how to add the attribute "%s" where it is missing',
    async (name) => {
      const { [name]: _left, ...attributes } = assertionOptions().attributes;
      await expect(finish({ attributes })).rejects.toMatchObject({
        code: 'missing_attribute',
        detail: expect.stringContaining(`${name} -> user.${name}`),
      });
    },
  );

  it.each(['id', 'email'])('refuses an empty "%s"', async (name) => {
    const attributes = { ...assertionOptions().attributes, [name]: '' };
    await expect(finish({ attributes })).rejects.toMatchObject({ code: 'missing_attribute' });
  });

  it('passes on the most specific status of an error response', async () => {
    const error = errorResponseXml({ ...assertionOptions(), message: 'not assigned' });
    const response = encodeResponse(signResponse(error, key, 'response'));
    await expect(provider().finishSignIn(connectionWith(key), response, REQUEST_ID)).rejects.toMatchObject({
      code: 'idp_status',
      idpStatus: 'urn:oasis:names:tc:SAML:2.0:status:AuthnFailed',
      detail: expect.stringContaining('not assigned'),
    });
  });
});
