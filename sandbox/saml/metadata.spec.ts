import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSigningKey } from '../idp/signing-key.js';
import { fetchIdpMetadata, parseIdpMetadata, serviceProviderMetadata } from './metadata.js';
import { childElements, NS, parseXml, text } from './xml.js';

const REDIRECT = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect';
const POST = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';

let first: string;
let second: string;
beforeAll(async () => {
  const keys = await Promise.all([createSigningKey(new Date()), createSigningKey(new Date())]);
  [first = '', second = ''] = keys.map((key) => key.certificate);
});

const base64 = (pem: string) => pem.replace(/-----[^-]+-----|\s/g, '');
const wrapped = (pem: string) => base64(pem).replace(/.{64}/g, '$&\n          ');

const okta = () =>
  `<?xml version="1.0" encoding="UTF-8"?><md:EntityDescriptor entityID="http://www.okta.com/exk1a2b3c4d5" xmlns:md="${NS.metadata}"><md:IDPSSODescriptor WantAuthnRequestsSigned="false" protocolSupportEnumeration="${NS.protocol}"><md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="${NS.signature}"><ds:X509Data><ds:X509Certificate>${wrapped(first)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress</md:NameIDFormat><md:SingleSignOnService Binding="${POST}" Location="https://acme.okta.com/app/acme_app_1/exk1a2b3c4d5/sso/saml"/><md:SingleSignOnService Binding="${REDIRECT}" Location="https://acme.okta.com/app/acme_app_1/exk1a2b3c4d5/sso/saml"/></md:IDPSSODescriptor></md:EntityDescriptor>`;

const entra = () =>
  `\uFEFF<?xml version="1.0" encoding="utf-8"?><EntityDescriptor ID="_7c5e" entityID="https://sts.windows.net/6e1c2f10-0000-4000-8000-3f1d2b7a9c55/" xmlns="${NS.metadata}"><Signature xmlns="${NS.signature}"><SignedInfo/><SignatureValue>AAAA</SignatureValue><KeyInfo><X509Data><X509Certificate>not one of the role</X509Certificate></X509Data></KeyInfo></Signature><RoleDescriptor xsi:type="fed:SecurityTokenServiceType" protocolSupportEnumeration="http://docs.oasis-open.org/wsfed/federation/200706" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:fed="http://docs.oasis-open.org/wsfed/federation/200706"><KeyDescriptor use="signing"><KeyInfo xmlns="${NS.signature}"><X509Data><X509Certificate>not this role</X509Certificate></X509Data></KeyInfo></KeyDescriptor></RoleDescriptor><IDPSSODescriptor protocolSupportEnumeration="${NS.protocol}"><KeyDescriptor use="signing"><KeyInfo xmlns="${NS.signature}"><X509Data><X509Certificate>${base64(first)}</X509Certificate></X509Data></KeyInfo></KeyDescriptor><KeyDescriptor use="signing"><KeyInfo xmlns="${NS.signature}"><X509Data><X509Certificate>${base64(second)}</X509Certificate></X509Data></KeyInfo></KeyDescriptor><SingleLogoutService Binding="${REDIRECT}" Location="https://login.microsoftonline.com/6e1c2f10/saml2"/><SingleSignOnService Binding="${REDIRECT}" Location="https://login.microsoftonline.com/6e1c2f10/saml2"/><SingleSignOnService Binding="${POST}" Location="https://login.microsoftonline.com/6e1c2f10/saml2"/></IDPSSODescriptor></EntityDescriptor>`;

const simpleSaml = () => `<?xml version="1.0"?>
<md:EntityDescriptor xmlns:md="${NS.metadata}" xmlns:ds="${NS.signature}" entityID="http://localhost:8080/saml2/idp/metadata.php">
  <md:IDPSSODescriptor protocolSupportEnumeration="${NS.protocol}">
    <md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${base64(first)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
    <md:KeyDescriptor use="encryption"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${base64(second)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
    <md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:transient</md:NameIDFormat>
    <md:SingleSignOnService Binding="${REDIRECT}" Location="http://localhost:8080/saml2/idp/SSOService.php"/>
  </md:IDPSSODescriptor>
  <md:ContactPerson contactType="technical"><md:GivenName>Administrator</md:GivenName></md:ContactPerson>
</md:EntityDescriptor>`;

describe('reading metadata of an identity provider', () => {
  it("reads Okta's", () => {
    expect(parseIdpMetadata(okta())).toEqual({
      entityId: 'http://www.okta.com/exk1a2b3c4d5',
      ssoUrl: 'https://acme.okta.com/app/acme_app_1/exk1a2b3c4d5/sso/saml',
      certificates: [first],
    });
  });

  it("reads Entra's, with both keys of a rotation and none of its other roles", () => {
    expect(parseIdpMetadata(entra())).toMatchObject({
      ssoUrl: 'https://login.microsoftonline.com/6e1c2f10/saml2',
      certificates: [first, second],
    });
  });

  it("reads simplesamlphp's without the encryption key", () => {
    expect(parseIdpMetadata(simpleSaml())).toMatchObject({
      ssoUrl: 'http://localhost:8080/saml2/idp/SSOService.php',
      certificates: [first],
    });
  });

  it('reads the one identity provider of a list of entities', () => {
    const entity = okta().replace(/^<\?xml[^>]+>/, '');
    const list = `<md:EntitiesDescriptor xmlns:md="${NS.metadata}">${entity}</md:EntitiesDescriptor>`;
    expect(parseIdpMetadata(list).certificates).toEqual([first]);
  });

  it('takes a key without a stated use for signing, and each key once', () => {
    const key = /<md:KeyDescriptor.*<\/md:KeyDescriptor>/s.exec(okta())?.[0] ?? '';
    const xml = okta().replace(key, key.replace(' use="signing"', '') + key);
    expect(parseIdpMetadata(xml).certificates).toEqual([first]);
  });

  const PROBLEMS: [string, () => string, string][] = [
    ['a web page', () => '<!DOCTYPE html><html></html>', 'web page'],
    [
      'a document type',
      () => `<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>${okta()}`,
      'document type',
    ],
    ['broken XML', () => okta().slice(0, -10), 'not well-formed'],
    ['nothing', () => '', 'not well-formed'],
    ['other XML', () => '<rss/>', 'no EntityDescriptor'],
    [
      'a service provider',
      () => serviceProviderMetadata({ entityId: 'a', acsUrl: 'https://b.example' }),
      'service provider',
    ],
    [
      'two identity providers',
      () => `<x xmlns="${NS.metadata}">${(okta() + okta()).replaceAll(/<\?xml[^>]+>/g, '')}</x>`,
      'several',
    ],
    ['no entity id', () => okta().replace(/entityID="[^"]+"/, ''), 'entityID'],
    ['no HTTP-Redirect', () => okta().replace(REDIRECT, 'urn:other'), 'HTTP-Redirect'],
    ['a script as address', () => okta().replaceAll('https://acme.okta.com', 'javascript:'), 'http or https'],
    ['no certificate', () => okta().replace('use="signing"', 'use="encryption"'), 'no signing certificate'],
    [
      'a broken certificate',
      () => okta().replace('<ds:X509Certificate>MII', '<ds:X509Certificate>'),
      'cannot be read',
    ],
  ];

  it.each(PROBLEMS)('says what is wrong with %s', (_case, make, said) => {
    expect(() => parseIdpMetadata(make())).toThrow(
      expect.objectContaining({ code: 'metadata', detail: expect.stringContaining(said) }),
    );
  });
});

describe('fetching metadata', () => {
  const server = createServer((request, response) => {
    if (request.url === '/missing') return response.writeHead(404).end();
    if (request.url === '/large') return response.end('x'.repeat(2 * 1024 * 1024));
    return response.end(okta());
  });
  let origin = '';
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.close();
  });

  it('reads what the URL answers', async () => {
    expect((await fetchIdpMetadata(`${origin}/ok`)).certificates).toEqual([first]);
  });

  it.each([
    ['/missing', '404'],
    ['/large', 'larger than 1 MiB'],
  ])('says what is wrong with %s', async (path, said) => {
    await expect(fetchIdpMetadata(origin + path)).rejects.toMatchObject({
      code: 'metadata',
      detail: expect.stringContaining(said),
    });
  });

  it.each(['file:///etc/passwd', 'ftp://a.example/', 'metadata', ''])(
    'fetches nothing from "%s"',
    async (url) => {
      await expect(fetchIdpMetadata(url)).rejects.toMatchObject({
        detail: expect.stringContaining('https://'),
      });
    },
  );

  it('says that an address cannot be reached', async () => {
    await expect(fetchIdpMetadata('http://127.0.0.1:1/')).rejects.toMatchObject({
      detail: expect.stringContaining('cannot be reached'),
    });
  });
});

describe('metadata of the service provider', () => {
  it('carries entity id, ACS URL and the wish for signed assertions', () => {
    const xml = serviceProviderMetadata({
      entityId: 'https://sp.example/1?a=1&b=2',
      acsUrl: 'https://sp.example/acs',
    });
    const entity = parseXml(xml).documentElement;
    const [role] = childElements(entity, NS.metadata, 'SPSSODescriptor');
    const [acs] = childElements(role!, NS.metadata, 'AssertionConsumerService');
    const [format] = childElements(role!, NS.metadata, 'NameIDFormat');
    expect(entity.getAttribute('entityID')).toBe('https://sp.example/1?a=1&b=2');
    expect(role!.getAttribute('WantAssertionsSigned')).toBe('true');
    expect(role!.getAttribute('AuthnRequestsSigned')).toBe('false');
    expect([acs?.getAttribute('Binding'), acs?.getAttribute('Location')]).toEqual([
      POST,
      'https://sp.example/acs',
    ]);
    expect(text(format)).toMatch(/emailAddress$/);
  });
});
