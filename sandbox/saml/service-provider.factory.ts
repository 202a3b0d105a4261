import { type AssertionOptions, encodeResponse, responseXml, signResponse } from '../idp/assertion.js';
import { createSigningKey, type SigningKey } from '../idp/signing-key.js';
import type { SamlConnection } from './service-provider.js';

export const NOW = new Date('2030-05-01T12:00:00Z');
export const REQUEST_ID = '_request1';

/** One key and one that the connection does not know; made once for a spec file. */
export async function signingKeys(): Promise<{ key: SigningKey; foreignKey: SigningKey }> {
  const [key, foreignKey] = await Promise.all([createSigningKey(NOW), createSigningKey(NOW)]);
  return { key, foreignKey };
}

export function connectionWith(...keys: SigningKey[]): SamlConnection {
  return {
    id: 'conn_acme',
    entityId: 'https://sp.example/conn_acme',
    acsUrl: 'http://localhost:4000/sso/saml/acs/conn_acme',
    idp: {
      entityId: 'https://idp.example/acme',
      ssoUrl: 'https://idp.example/acme/sso',
      certificates: keys.map((key) => key.certificate),
    },
  };
}

export function assertionOptions(overrides: Partial<AssertionOptions> = {}): AssertionOptions {
  const { entityId, acsUrl } = connectionWith();
  return {
    issuer: 'https://idp.example/acme',
    destination: acsUrl,
    audience: entityId,
    inResponseTo: REQUEST_ID,
    now: NOW,
    nameId: 'ada@acme.com',
    attributes: { id: 'okta-1', email: 'ada@acme.com', firstName: 'Ada', lastName: 'Lovelace' },
    ...overrides,
  };
}

export function signedResponse(key: SigningKey, overrides: Partial<AssertionOptions> = {}): string {
  return encodeResponse(signResponse(responseXml(assertionOptions(overrides)), key));
}
