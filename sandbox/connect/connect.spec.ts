import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { startSandbox, type RunningSandbox } from '../server.js';

const ACME = 'org_01HGATEH0VSEACME0000000001';
const ID = 'client_01HGATEH0VSEACMEM2M0000001';
const SECRET = 'sandbox_acme_billing_not_a_secret';
const CREDENTIALS = { client_id: ID, client_secret: SECRET };
const GRANT = { grant_type: 'client_credentials' };

let sandbox: RunningSandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ appUrl: 'http://localhost:3999' });
});
beforeEach(() => control('/reset'));
afterAll(() => sandbox.close());

interface Answer {
  status: number;
  body: Record<string, unknown>;
  challenge: string | null;
}

async function answerOf(response: Response): Promise<Answer> {
  const body = (await response.json()) as Record<string, unknown>;
  return { status: response.status, body, challenge: response.headers.get('www-authenticate') };
}
const token = async (form: Record<string, string>, authorization?: string): Promise<Answer> =>
  answerOf(
    await fetch(`${sandbox.url}/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams(form),
      headers: authorization === undefined ? {} : { authorization },
    }),
  );
const control = async (path: string, json: unknown = {}): Promise<Answer> =>
  answerOf(
    await fetch(`${sandbox.url}/_sandbox${path}`, {
      method: 'POST',
      body: JSON.stringify(json),
      headers: { 'content-type': 'application/json' },
    }),
  );
const basic = (id: string, secret: string): string =>
  `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
const verify = (jwt: unknown, path = '/oauth2/jwks') =>
  jwtVerify(String(jwt), createRemoteJWKSet(new URL(path, sandbox.url)), {
    issuer: sandbox.url,
    audience: sandbox.clientId,
  });

describe('a token of an M2M application', () => {
  it('is a bearer token for an hour, and says which application of which organization may do what', async () => {
    const { status, body } = await token({ ...CREDENTIALS, ...GRANT });
    const { access_token, ...rest } = body;
    expect([status, rest]).toEqual([
      200,
      { token_type: 'Bearer', expires_in: 3600, scope: 'invoices:read invoices:write' },
    ]);
    const { payload, protectedHeader } = await verify(access_token);
    expect(protectedHeader.alg).toBe('RS256');
    expect(payload).toEqual({
      iss: sandbox.url,
      aud: sandbox.clientId,
      sub: ID,
      client_id: ID,
      org_id: ACME,
      scope: 'invoices:read invoices:write',
      jti: expect.any(String),
      iat: expect.any(Number),
      exp: Number(payload.iat) + 3600,
    });
    expect((await verify(access_token, `/sso/jwks/${sandbox.clientId}`)).payload).toEqual(payload);
  });

  it('has the scopes that were asked for and no others', async () => {
    const { body } = await token({ ...CREDENTIALS, ...GRANT, scope: 'invoices:read' });
    expect([body['scope'], decodeJwt(String(body['access_token']))['scope']]).toEqual([
      'invoices:read',
      'invoices:read',
    ]);
  });

  it('is also given for credentials in the header', async () => {
    expect((await token(GRANT, basic(ID, SECRET))).status).toBe(200);
    expect((await token({ ...GRANT, client_id: ID }, basic(ID, SECRET))).status).toBe(200);
    expect((await token(GRANT, basic(ID, SECRET.replaceAll('_', '%5F')))).status).toBe(200);
  });

  it('is verified with the new key after a rotation, and with none once its own is withdrawn', async () => {
    const old = await token({ ...CREDENTIALS, ...GRANT });
    await control('/keys/rotate');
    const next = await token({ ...CREDENTIALS, ...GRANT });
    expect((await verify(old.body['access_token'])).payload).toEqual(
      decodeJwt(String(old.body['access_token'])),
    );
    expect((await verify(next.body['access_token'])).payload).toEqual(
      decodeJwt(String(next.body['access_token'])),
    );
    await control('/keys/rotate', { retire_others: true });
    await expect(verify(next.body['access_token'])).rejects.toMatchObject({
      code: 'ERR_JWKS_NO_MATCHING_KEY',
    });
  });
});

describe('the token endpoint', () => {
  const wrong = { client_secret: 'sandbox_wrong' };

  it.each<[number, string, Record<string, string>]>([
    [401, 'invalid_client', { ...CREDENTIALS, ...GRANT, ...wrong }],
    [401, 'invalid_client', { ...CREDENTIALS, ...GRANT, client_id: 'client_unknown' }],
    [401, 'invalid_client', { ...GRANT, client_id: ID }],
    [401, 'invalid_client', GRANT],
    [400, 'invalid_scope', { ...CREDENTIALS, ...GRANT, scope: 'invoices:read members:manage' }],
    [400, 'invalid_request', CREDENTIALS],
    [400, 'unsupported_grant_type', { ...CREDENTIALS, grant_type: 'password' }],
  ])('refuses with %i %s what is sent as %j', async (status, error, form) => {
    const answer = await token(form);
    expect([answer.status, answer.body['error'], answer.challenge !== null]).toEqual([
      status,
      error,
      status === 401,
    ]);
  });

  it.each([
    ['Bearer x', 401, 'invalid_client'],
    ['Basic', 401, 'invalid_client'],
    ['Basic %%%', 401, 'invalid_client'],
    [basic(ID, '%E0%A4%A'), 401, 'invalid_client'],
    [basic(ID, 'sandbox_wrong'), 401, 'invalid_client'],
  ])('refuses the header "%s" with %i %s', async (authorization, status, error) => {
    const answer = await token(GRANT, authorization);
    expect([answer.status, answer.body['error']]).toEqual([status, error]);
  });

  it('refuses credentials in two places, and a client ID that contradicts the header', async () => {
    for (const form of [
      { ...CREDENTIALS, ...GRANT },
      { ...GRANT, client_id: 'client_other' },
    ]) {
      const { status, body } = await token(form, basic(ID, SECRET));
      expect([status, body['error']]).toEqual([400, 'invalid_request']);
    }
  });

  it("has no such token for the environment's own client", async () => {
    const own = { client_id: sandbox.clientId, client_secret: sandbox.apiKey };
    const { status, body } = await token({ ...own, ...GRANT });
    expect([status, body['error']]).toEqual([400, 'unauthorized_client']);
  });

  it('and its JWKS fail when they are told to', async () => {
    await control('/faults', { path: '/oauth2/*', times: 2, type: 'status', status: 500 });
    expect((await token({ ...CREDENTIALS, ...GRANT })).status).toBe(500);
    expect((await fetch(`${sandbox.url}/oauth2/jwks`)).status).toBe(500);
    expect((await fetch(`${sandbox.url}/oauth2/jwks`)).status).toBe(200);
  });
});

describe('the controls of M2M applications', () => {
  it('make one, narrow its scopes and delete it', async () => {
    const given = { organization_id: ACME, name: 'ETL', scopes: ['a', 'b'] };
    const { body } = await control('/applications', given);
    const form = {
      ...GRANT,
      client_id: String(body['client_id']),
      client_secret: String(body['client_secret']),
    };
    expect((await token(form)).body['scope']).toBe('a b');
    await control(`/applications/${String(body['id'])}`, { scopes: ['b'] });
    expect((await token(form)).body['scope']).toBe('b');
    await control(`/applications/${form.client_id}/delete`);
    expect((await token(form)).status).toBe(401);
  });

  it('end an application with its organization', async () => {
    await control(`/organizations/${ACME}/delete`);
    expect((await token({ ...CREDENTIALS, ...GRANT })).status).toBe(401);
  });

  it.each([
    ['/applications', { organization_id: 'org_x' }, 404],
    ['/applications', { organization_id: ACME, scopes: ['two words'] }, 400],
    ['/applications/client_x', {}, 404],
    ['/applications/client_x/delete', {}, 404],
  ])('refuse %s with %j by %i', async (path, body, status) => {
    expect((await control(path, body)).status).toBe(status);
  });
});
