import { inflateRawSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { DOMParser } from '@xmldom/xmldom';
import express from 'express';
import request from 'supertest';
import { parseIdpMetadata } from '../saml/metadata.js';
import { type SamlConnection, SamlServiceProvider } from '../saml/service-provider.js';
import { TestIdp, type TestIdpConnection } from './test-idp.js';

const NOW = new Date('2030-05-01T12:00:00Z');
const CONNECTION: TestIdpConnection = {
  id: 'conn_acme',
  acsUrl: 'http://localhost:4000/sso/saml/acs/conn_acme',
  entityId: 'http://localhost:4000/sp/conn_acme',
  organizationName: 'Acme <Works>',
  people: [
    { email: 'ada@acme.com', firstName: 'Ada', lastName: 'Lovelace', idpId: 'okta-ada', note: 'admin' },
    { email: 'pat@partner.example', firstName: 'Pat', lastName: 'Doe', idpId: 'okta-pat', note: 'guest' },
  ],
  applicationUrl: 'http://localhost:3000/',
};

const idp = new TestIdp({
  baseUrl: () => 'http://localhost:4000',
  now: () => NOW,
  connection: (id) => (id === CONNECTION.id ? CONNECTION : null),
});
const app = express().use('/idp', idp.router());
const provider = new SamlServiceProvider(() => NOW);
let connection: SamlConnection;
beforeAll(async () => {
  connection = { ...CONNECTION, idp: await idp.metadata(CONNECTION.id) };
});

const pathOf = (url: string) => url.replace('http://localhost:4000', '');
const field = (page: string, name: string) =>
  new DOMParser()
    .parseFromString(page.replace('<!doctype html>', ''), 'text/html')
    .getElementsByTagName('input')
    .filter((input) => input.getAttribute('name') === name)
    .map((input) => input.getAttribute('value'))[0];
const respond = (fields: Record<string, string>) =>
  request(app).post('/idp/conn_acme/respond').type('form').send(fields);

async function signInPage(options: { loginHint?: string } = {}) {
  const { url, requestId } = await provider.startSignIn(connection, { relayState: 'relay-1', ...options });
  const { text } = await request(app).get(pathOf(url)).expect(200);
  return { text, requestId };
}

describe('metadata', () => {
  it('is XML that the service provider reads to what the identity provider says of itself', async () => {
    const { text } = await request(app)
      .get('/idp/conn_acme/metadata')
      .expect(200)
      .expect('Content-Type', /xml/);
    expect(parseIdpMetadata(text)).toEqual(connection.idp);
    expect(connection.idp).toMatchObject({
      entityId: 'http://localhost:4000/idp/conn_acme',
      ssoUrl: 'http://localhost:4000/idp/conn_acme/sso',
    });
  });

  it.each(['', '/metadata', '/sso'])('is a page with 404 for an unknown connection at "%s"', async (path) => {
    const { text } = await request(app).get(`/idp/%3Cb%3E${path}`).expect(404).expect('Content-Type', /html/);
    expect(text).not.toContain('<b>');
  });
});

describe('the sign-in page', () => {
  it('has one e-mail field, filled from the login hint, and a button for each person', async () => {
    const { text } = await signInPage({ loginHint: 'ada@acme.com' });
    expect(text.match(/<input [^>]*type="email" name="email"/g)).toHaveLength(1);
    expect(field(text, 'email')).toBe('ada@acme.com');
    expect(text).toContain('>Sign in</button>');
    expect(text).toContain('name="email" value="pat@partner.example">');
    expect(text).toContain('Acme &lt;Works&gt;');
  });

  it('signs in the chosen person, with the relay state that came', async () => {
    const { text, requestId } = await signInPage();
    const fields = { requestId: field(text, 'requestId') ?? '', RelayState: field(text, 'RelayState') ?? '' };
    const answer = await respond({ ...fields, email: 'ada@acme.com' }).expect(200);
    expect(answer.text).toContain(`action="${CONNECTION.acsUrl}"`);
    expect(answer.text).toContain('<script src="/idp/continue.js">');
    expect(field(answer.text, 'RelayState')).toBe('relay-1');
    const samlResponse = field(answer.text, 'SAMLResponse') ?? '';
    expect(provider.inResponseTo(samlResponse)).toBe(requestId);
    await expect(provider.finishSignIn(connection, samlResponse, requestId)).resolves.toMatchObject({
      id: 'okta-ada',
      email: 'ada@acme.com',
      firstName: 'Ada',
      lastName: 'Lovelace',
    });
  });

  it('answers a request that came by HTTP-POST', async () => {
    const { url, requestId } = await provider.startSignIn(connection, { relayState: 'relay-2' });
    const deflated = Buffer.from(new URL(url).searchParams.get('SAMLRequest') ?? '', 'base64');
    const SAMLRequest = inflateRawSync(deflated).toString('base64');
    const { text } = await request(app)
      .post('/idp/conn_acme/sso')
      .type('form')
      .send({ SAMLRequest, RelayState: 'relay-2' })
      .expect(200);
    expect([field(text, 'requestId'), field(text, 'RelayState')]).toEqual([requestId, 'relay-2']);
  });

  it.each([
    ['another service', { entityId: 'https://other.example' }, 'https://other.example'],
    ['another ACS URL', { acsUrl: 'https://evil.example/acs' }, 'https://evil.example/acs'],
  ])('refuses a request of %s', async (_case, change, shown) => {
    const { url } = await provider.startSignIn({ ...connection, ...change }, { relayState: '' });
    const { text } = await request(app).get(pathOf(url)).expect(400);
    expect(text).toContain(shown);
  });

  it.each(['', 'SAMLRequest=%%%', 'SAMLRequest=AAAA', 'SAMLRequest=a&SAMLRequest=b'])(
    'refuses the unreadable request "%s"',
    async (query) => {
      await request(app).get(`/idp/conn_acme/sso?${query}`).expect(400);
    },
  );
});

describe('the response', () => {
  const identityOf = async (email: string) => {
    const { text } = await respond({ email }).expect(200);
    return provider.finishSignIn(connection, field(text, 'SAMLResponse') ?? '', null);
  };

  it('signs in anybody who is not seeded, always under the same id', async () => {
    const first = await identityOf('mary.jane@guest.example');
    expect(first).toMatchObject({ email: 'mary.jane@guest.example', firstName: 'Mary', lastName: 'Jane' });
    expect((await identityOf('mary.jane@guest.example')).id).toBe(first.id);
    expect((await identityOf('mary.ann@guest.example')).id).not.toBe(first.id);
  });

  it('has an error status where an error was asked for', async () => {
    const { text } = await respond({ error: 'AuthnFailed', requestId: '_r1' }).expect(200);
    const samlResponse = field(text, 'SAMLResponse') ?? '';
    await expect(provider.finishSignIn(connection, samlResponse, '_r1')).rejects.toMatchObject({
      code: 'idp_status',
      idpStatus: 'urn:oasis:names:tc:SAML:2.0:status:AuthnFailed',
    });
  });

  it.each(['', 'nobody', 'a b@c', 'a\u0000@b.c', '@'])('is not made for the e-mail "%s"', async (email) => {
    await respond({ email }).expect(400);
  });

  it('escapes a relay state', async () => {
    const { text } = await respond({ email: 'ada@acme.com', RelayState: '"><script>' }).expect(200);
    expect(text).not.toContain('"><script>');
    expect(field(text, 'RelayState')).toBe('"><script>');
  });

  it('is sent on by a script from a file', async () => {
    const { text } = await request(app)
      .get('/idp/continue.js')
      .expect(200)
      .expect('Content-Type', /javascript/);
    expect(text).toContain('submit()');
  });
});

describe('the start page', () => {
  it('opens the application without a request, and names the four test scenarios', async () => {
    const { text } = await request(app).get('/idp/conn_acme').expect(200);
    for (const scenario of [
      'Service provider-init',
      'Identity provider-init',
      'Guest e-mail',
      'Error response',
    ]) {
      expect(text).toContain(`<h3>${scenario}`);
    }
    expect(text).not.toContain('name="requestId"');
    expect(text).toContain('<a href="http://localhost:3000/">the application</a>');
  });

  it('works without knowing where the application begins', async () => {
    const { applicationUrl: _unknown, ...bare } = CONNECTION;
    const other = new TestIdp({ baseUrl: () => 'http://localhost', now: () => NOW, connection: () => bare });
    const { text } = await request(express().use('/idp', other.router())).get('/idp/x').expect(200);
    expect(text).toContain('Begin at the application:');
  });
});
