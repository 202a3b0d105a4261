import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt, exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import { createHmac, createPublicKey, randomBytes } from 'node:crypto';
import type { Browser } from './support/browser.js';
import { call, machineToken, newApiKey, SEEDED, signed, userTokens } from './support/credentials.js';
import { ACME, Stack } from './support/stack.js';

const GARBAGE = [
  '',
  'null',
  'undefined',
  '[object Object]',
  'a'.repeat(43),
  'sk_',
  'sk_unknown_key_of_nobody',
  'a.b.c',
  '..',
  `sk_${'x'.repeat(5000)}`,
  `${'x'.repeat(6000)}.y.z`,
];

function without(claim: string, claims: JWTPayload): JWTPayload {
  return Object.fromEntries(Object.entries(claims).filter(([name]) => name !== claim));
}

describe('a caller without a session cookie', () => {
  let stack: Stack;
  let ada: string;
  let browser: Browser;
  let machine: string;
  beforeAll(async () => {
    stack = await Stack.start('authkit');
    browser = await stack.signedIn('ada@acme.com');
    ada = (await userTokens(stack, 'ada@acme.com')).accessToken;
    machine = await machineToken(stack);
  });
  afterAll(() => stack.stop());

  const claims = (changes: JWTPayload = {}): JWTPayload => ({ ...decodeJwt(ada), ...changes });
  const machineClaims = (changes: JWTPayload = {}): JWTPayload => ({ ...decodeJwt(machine), ...changes });
  const seconds = () => Math.floor(Date.now() / 1000);

  /** Every refusal looks the same, but for the request's own id. */
  async function refusal(credential: string, path?: string): Promise<unknown> {
    const { status, headers, body } = await call(stack, credential, path);
    const { requestId, ...rest } = (body ?? {}) as Record<string, unknown>;
    expect(typeof requestId).toBe('string');
    return { status, challenge: headers.get('www-authenticate'), ...rest };
  }
  const REFUSED = {
    status: 401,
    challenge: 'Bearer',
    code: 'unauthenticated',
    type: 'about:blank',
    title: 'Sign in first',
    detail: 'This address needs a known caller. Sign in, or send an access token or an API key.',
  };
  const refused = async (credential: string) =>
    expect(await refusal(credential)).toEqual({ ...REFUSED, signInUrl: `${stack.url}/auth/login` });

  it('is a person with an access token of AuthKit', async () => {
    const { status, body, headers } = await call(stack, ada);
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(body).toMatchObject({
      kind: 'user',
      user: { email: 'ada@acme.com', firstName: 'Ada' },
      organization: { id: ACME.organization, name: 'Acme' },
      session: { method: 'access_token', connectionId: null, impersonator: null },
      machine: null,
      apiKey: null,
    });
    expect(body?.permissions).toEqual(expect.arrayContaining(['invoices:read']));
  });

  it('is a machine with a token of its own', async () => {
    expect((await call(stack, machine)).body).toMatchObject({
      kind: 'machine',
      user: null,
      session: null,
      machine: { clientId: SEEDED.machine.client_id },
      organization: { id: ACME.organization },
      permissions: ['invoices:read', 'invoices:write'],
    });
    expect((await call(stack, machine, '/v1/invoices')).status).toBe(200);
    const created = await call(stack, machine, '/v1/invoices', {
      method: 'POST',
      json: { customer: 'Grace', amountCents: 100 },
    });
    expect(created.status).toBe(201);
  });

  it('may do with a narrower token only what it is for', async () => {
    const narrow = await machineToken(stack, 'invoices:read');
    expect((await call(stack, narrow, '/v1/invoices')).status).toBe(200);
    const refusedWrite = await call(stack, narrow, '/v1/invoices', {
      method: 'POST',
      json: { customer: 'Grace', amountCents: 100 },
    });
    expect([refusedWrite.status, refusedWrite.body?.code]).toEqual([403, 'missing_permission']);
  });

  it('is an API key of an organization', async () => {
    expect((await call(stack, SEEDED.apiKey)).body).toMatchObject({
      kind: 'apiKey',
      user: null,
      session: null,
      apiKey: { name: 'Acme reporting', userId: null },
      organization: { id: ACME.organization },
      permissions: ['invoices:read', 'members:read'],
    });
    expect((await call(stack, SEEDED.apiKey, '/v1/organization/members')).status).toBe(200);
    expect((await call(stack, SEEDED.apiKey, '/v1/audit-events')).body?.code).toBe('missing_permission');
  });

  it('is never a person where only a person will do', async () => {
    for (const credential of [machine, SEEDED.apiKey])
      for (const [method, path] of [
        ['GET', '/v1/sessions'],
        ['DELETE', '/v1/sessions'],
        ['POST', '/v1/session/organization'],
      ] as const) {
        const json = method === 'POST' ? { organizationId: ACME.organization } : undefined;
        const answer = await call(stack, credential, path, { method, ...(json && { json }) });
        expect([path, answer.status, answer.body?.code]).toEqual([path, 403, 'principal_not_accepted']);
      }
  });

  it.each(GARBAGE)('is nobody with %j', async (credential) => {
    await refused(credential);
  });

  it('is refused with more than one credential, whichever of them is good', async () => {
    const cookie = browser.cookieHeader(stack.url);
    const twice = await call(stack, null, '/v1/me', { headers: { cookie: `${cookie}; session=planted` } });
    expect([twice.status, twice.body?.code]).toEqual([400, 'several_credentials']);
    for (const credential of [ada, machine, SEEDED.apiKey, 'nonsense']) {
      const both = await call(stack, credential, '/v1/me', { headers: { cookie } });
      expect([both.status, both.body?.code]).toEqual([400, 'several_credentials']);
    }
    const proxied = await fetch(`${stack.url}/v1/me`, { headers: { cookie, authorization: 'Basic YTpi' } });
    expect(proxied.status).toBe(200);
  });

  it('has nothing to sign out of where it is a machine or an API key', async () => {
    for (const credential of [machine, SEEDED.apiKey]) {
      const init = { method: 'POST', headers: { accept: 'application/json' } };
      const answer = await call(stack, credential, '/auth/logout', init);
      expect([answer.status, answer.body]).toEqual([200, { logoutUrl: null }]);
      expect((await call(stack, credential)).status).toBe(200);
    }
  });

  it.each(['session', 'login-00000000'])('is nobody with a token in the cookie %s', async (name) => {
    for (const token of [ada, machine, SEEDED.apiKey]) {
      const answer = await call(stack, null, '/v1/me', { headers: { cookie: `${name}=${token}` } });
      expect(answer.status).toBe(401);
    }
  });

  it('is nobody with the token of a session cookie as a bearer, which WorkOS never gets to see', async () => {
    const before = await stack.upstreamCalls('/api_keys/validations');
    await refused(browser.cookie(stack.url, 'session') ?? '');
    expect(await stack.upstreamCalls('/api_keys/validations')).toBe(before);
  });

  it.each<[string, () => JWTPayload]>([
    ['a beginning in the future', () => claims({ iat: seconds() + 60, exp: seconds() + 300 })],
    ['another issuer', () => claims({ iss: 'https://evil.example' })],
    ['another client', () => claims({ client_id: 'client_01HGATEH0VSE0THERC11ENT001' })],
    ['another audience', () => claims({ aud: 'client_01HGATEH0VSE0THERC11ENT001' })],
    ['no subject', () => without('sub', claims())],
    ['a person whom WorkOS does not know', () => claims({ sub: 'user_01HGATEH0VSEN0B0DYN0B0DY01' })],
    ['a subject that is a path', () => claims({ sub: '../organizations' })],
    ['an organization that WorkOS does not know', () => claims({ org_id: 'org_01HGATEH0VSEN0B0DYN0B0DY01' })],
    ['an age beyond what revocations are remembered for', () => claims({ iat: seconds() - 86_400 })],
  ])("is nobody with a person's token of %s, also under the true signature", async (_, wrong) => {
    await refused(await signed(stack, wrong()));
  });

  it.each<[string, () => JWTPayload]>([
    ['another issuer', () => machineClaims({ iss: 'https://evil.example' })],
    ['another audience', () => machineClaims({ aud: 'client_01HGATEH0VSE0THERC11ENT001' })],
    ['no audience', () => without('aud', machineClaims())],
    [
      'an organization that WorkOS does not know',
      () => machineClaims({ org_id: 'org_01HGATEH0VSEN0B0DYN0B0DY01' }),
    ],
    ["a person's subject", () => machineClaims({ sub: String(claims().sub) })],
  ])("is nobody with a machine's token of %s, also under the true signature", async (_, wrong) => {
    await refused(await signed(stack, wrong()));
  });

  it("is nobody with a machine's token that names a session, or a person's without one", async () => {
    await refused(await signed(stack, machineClaims({ sid: 'session_01HGATEH0VSEN0B0DYN0B0DY01' })));
    await refused(await signed(stack, without('sid', claims())));
  });

  describe('who signs for themselves', () => {
    const header = (changes: object) =>
      Buffer.from(JSON.stringify({ alg: 'RS256', typ: 'JWT', ...changes })).toString('base64url');
    const body = (payload: JWTPayload) => Buffer.from(JSON.stringify(payload)).toString('base64url');
    const kid = () => stack.sandbox.keys.kids[0] ?? '';

    it('is nobody with the algorithm none, in any spelling', async () => {
      for (const alg of ['none', 'None', 'NONE', ''])
        for (const end of ['', 'x', ada.split('.')[2] ?? ''])
          await refused(`${header({ alg, kid: kid() })}.${body(claims())}.${end}`);
    });

    it('is nobody with HS256 and the public key for a secret', async () => {
      const [jwk] = stack.sandbox.keys.jwks().keys;
      const key = createPublicKey({ key: jwk as never, format: 'jwk' });
      const pem = String(key.export({ type: 'spki', format: 'pem' }));
      for (const secret of [pem, pem.trim(), JSON.stringify(jwk), String(jwk?.['n'])]) {
        const text = `${header({ alg: 'HS256', kid: kid() })}.${body(claims())}`;
        await refused(`${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`);
      }
    });

    it('is nobody with a key of their own, wherever its header says that it is', async () => {
      const own = await generateKeyPair('RS256', { extractable: true });
      const jwk = await exportJWK(own.publicKey);
      const before = await stack.upstreamCalls('/evil');
      for (const extra of [
        { kid: kid() },
        { jwk },
        { kid: 'evil', jku: `${stack.sandbox.url}/evil` },
        { kid: kid(), x5u: `${stack.sandbox.url}/evil`, x5c: ['AAAA'] },
      ]) {
        const token = await new SignJWT(claims())
          .setProtectedHeader({ alg: 'RS256', ...extra })
          .sign(own.privateKey);
        await refused(token);
      }
      expect(await stack.upstreamCalls('/evil')).toBe(before);
    });

    it('makes WorkOS answer for no more keys with ever new names of them', async () => {
      const path = `/sso/jwks/${stack.sandbox.clientId}`;
      const before = await stack.upstreamCalls(path);
      await Promise.all(
        Array.from({ length: 50 }, () =>
          refused(`${header({ kid: randomBytes(8).toString('hex') })}.${body(claims())}.c2ln`),
        ),
      );
      expect((await stack.upstreamCalls(path)) - before).toBeLessThanOrEqual(1);
    });
  });

  it('goes on when the signing key changes, with one question more', async () => {
    const path = `/sso/jwks/${stack.sandbox.clientId}`;
    stack.moveClock(10);
    await stack.control('/keys/rotate', { retire_others: false });
    const before = await stack.upstreamCalls(path);
    const fresh = await machineToken(stack);
    const answers = await Promise.all(Array.from({ length: 20 }, () => call(stack, fresh)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect((await stack.upstreamCalls(path)) - before).toBe(1);
  });

  it('with an API key costs WorkOS one question, however many requests there are', async () => {
    const key = await newApiKey(stack, { permissions: ['invoices:read'] });
    const before = await stack.upstreamCalls('/api_keys/validations');
    const answers = await Promise.all(Array.from({ length: 30 }, () => call(stack, key.value)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect((await stack.upstreamCalls('/api_keys/validations')) - before).toBe(1);
  });
});
