import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Browser } from './support/browser.js';
import { ACME, Stack } from './support/stack.js';
import { send, type WireAnswer, type WireRequest } from './support/wire.js';

const SPOOFED = {
  host: 'evil.example',
  forwarded: 'for=203.0.113.9;host=evil.example;proto=https',
  'x-forwarded-host': 'evil.example',
  'x-forwarded-proto': 'https',
  'x-forwarded-port': '444',
  'x-forwarded-prefix': '/evil',
  'x-forwarded-for': '203.0.113.9',
  'x-real-ip': '203.0.113.9',
  'x-original-url': '/v1/me',
  'x-rewrite-url': '/v1/me',
  'x-http-method-override': 'DELETE',
};
const LISTED = 'https://console.acme.example';

describe('headers', () => {
  let stack: Stack;
  let proxied: Stack;
  let ada: Browser;
  beforeAll(async () => {
    stack = await Stack.start('sso', { TRUSTED_ORIGINS: LISTED });
    proxied = await stack.addNode({ TRUST_PROXY: '1' });
    ada = await stack.signedIn('ada@acme.com');
  });
  afterAll(async () => {
    await proxied.stop();
    await stack.stop();
  });
  const cookie = (browser = ada) => browser.cookieHeader(stack.url);
  const withoutSecrets = (answer: WireAnswer) => {
    const location = URL.parse(String(answer.headers.location), stack.url);
    for (const name of ['state', 'code_challenge']) location?.searchParams.delete(name);
    const cookies = answer.setCookies.map((line) =>
      line.replace(/^(login-)?\w+=[^;]+|Expires=[^;]+/gi, '$1'),
    );
    return { status: answer.status, location: location?.href, cookies };
  };

  describe('that a client makes up', () => {
    it.each([
      ['GET', `/auth/login?organization=${ACME.organization}`],
      ['GET', '/auth/login?return_to=https://evil.example/'],
      ['GET', '/auth/login?return_to=/reports'],
      ['GET', '/auth/callback?code=x&state=y'],
      ['POST', '/auth/logout'],
      ['GET', '/sign-in'],
      ['GET', '/v1/me'],
    ])('change nothing in what %s %s answers', async (method, path) => {
      const accept = { accept: 'text/html', 'x-request-id': 'same' };
      const honest = await send(stack.url, path, { method, headers: accept });
      for (const node of [stack, proxied]) {
        const spoofed = await send(node.url, path, { method, headers: { ...accept, ...SPOOFED } });
        expect(withoutSecrets(spoofed)).toEqual(withoutSecrets(honest));
        expect(JSON.stringify([spoofed.headers, spoofed.text])).not.toContain('evil');
      }
    });

    it('leave the redirect URI what APP_URL says', async () => {
      const path = `/auth/login?organization=${ACME.organization}`;
      const { headers } = await send(stack.url, path, { headers: SPOOFED });
      const authorize = new URL(String(headers.location));
      expect(authorize.origin).toBe(stack.sandbox.url);
      expect(authorize.searchParams.get('redirect_uri')).toBe(`${stack.url}/auth/callback`);
    });

    const addressOf = async (node: Stack, forwarded: string | string[]) => {
      const browser = new Browser();
      const callback = new URL(await stack.callbackOf(browser, 'alan@acme.com'));
      const headers = { ...SPOOFED, 'x-forwarded-for': forwarded, cookie: cookie(browser) };
      const ended = await send(node.url, callback.pathname + callback.search, { headers });
      expect(ended.status).toBe(303);
      const [audit] = await stack.query<{ ip: string }>(
        "select ip from audit_events where action = 'sign_in.succeeded' order by id desc limit 1",
      );
      const [session] = await stack.query<{ ip: string }>(
        `select data ->> 'ip' as ip from sessions order by id desc limit 1`,
      );
      expect(audit).toEqual(session);
      return session?.ip;
    };

    it('are no address in sessions and audit log without a proxy', async () => {
      expect(await addressOf(stack, '203.0.113.9')).toMatch(/^(::ffff:)?127\.0\.0\.1$/);
    });

    it('are the address behind one proxy, of which only the last one counts', async () => {
      expect(await addressOf(proxied, '203.0.113.9')).toBe('203.0.113.9');
      expect(await addressOf(proxied, '198.51.100.1, 203.0.113.9')).toBe('203.0.113.9');
    });
  });

  describe('of every answer', () => {
    it.each<[string, number, string, WireRequest]>([
      ['200 of the API', 200, '/v1/me', {}],
      ['200 of a list', 200, '/v1/sessions', {}],
      ['200 of health', 200, '/health/ready', {}],
      ['200 of the sign-in page', 200, '/sign-in', {}],
      ['200 of the console', 200, '/', {}],
      ['302 of login', 302, '/auth/login?email=ada@acme.com', {}],
      ['303 of logout', 303, '/auth/logout', { method: 'POST', headers: { cookie: '' } }],
      ['303 to the sign-in page', 303, '/auth/callback', { headers: { accept: 'text/html' } }],
      ['400', 400, '/auth/callback', {}],
      ['401', 401, '/v1/me', { headers: { cookie: '' } }],
      ['403', 403, '/v1/sessions', { method: 'DELETE', headers: { 'sec-fetch-site': 'cross-site' } }],
      ['404', 404, '/nothing', {}],
      ['404 of the API', 404, '/v1/nothing', {}],
      ['405', 405, '/auth/logout', {}],
      [
        '413',
        413,
        '/v1/invoices',
        {
          method: 'POST',
          headers: { 'sec-fetch-site': 'none', 'content-type': 'application/json' },
          body: `"${'a'.repeat(103_000)}"`,
        },
      ],
      [
        '415',
        415,
        '/v1/invoices',
        { method: 'POST', headers: { 'sec-fetch-site': 'none', 'content-type': 'text/plain' }, body: 'a' },
      ],
    ])('keep it out of caches, frames and sniffing: %s', async (_name, status, path, options) => {
      const answer = await send(stack.url, path, {
        ...options,
        headers: { cookie: cookie(), ...options.headers },
      });
      expect(answer.status).toBe(status);
      expect(answer.headers['cache-control']).toBe('no-store');
      expect(answer.headers.vary).toMatch(/\bCookie\b/);
      expect(answer.headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'same-origin',
        'content-security-policy': expect.stringMatching(
          /default-src 'none'.*script-src 'self';.*base-uri 'none'.*frame-ancestors 'none'/,
        ),
      });
      expect(answer.headers['x-powered-by']).toBeUndefined();
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
      expect(answer.headers['strict-transport-security']).toBeUndefined();
    });

    it('challenge whoever has no credential', async () => {
      const answer = await send(stack.url, '/v1/me');
      expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
      expect(answer.headers['www-authenticate']).toBe('Bearer');
    });

    it('name the method that logout takes', async () => {
      expect((await send(stack.url, '/auth/logout')).headers.allow).toBe('POST');
    });
  });

  describe('of a request that changes something', () => {
    const OWN = 'own';
    it.each<[string, Record<string, string>, boolean]>([
      ['a page of ours', { 'sec-fetch-site': 'same-origin', origin: OWN }, true],
      ['the address bar or a bookmark', { 'sec-fetch-site': 'none' }, true],
      ['a sub-domain', { 'sec-fetch-site': 'same-site', origin: 'https://evil.acme.example' }, false],
      ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, false],
      ['another site that lies about its origin', { 'sec-fetch-site': 'cross-site', origin: OWN }, false],
      ['a value that nobody knows', { 'sec-fetch-site': 'SAME-ORIGIN' }, false],
      ['an old browser on a page of ours', { origin: OWN }, true],
      ['an old browser on a listed page', { origin: LISTED }, true],
      ['an old browser on another site', { origin: 'https://evil.example' }, false],
      ['a listed host with another scheme', { origin: LISTED.replace('https', 'http') }, false],
      ['a listed host with another port', { origin: `${LISTED}:8443` }, false],
      ['a host that begins like ours', { origin: 'http://localhost.evil.example' }, false],
      ['a sandboxed frame', { origin: 'null' }, false],
      ['a client with the cookie and neither header', {}, false],
      ['the same with a Host and Referer of ours', { referer: OWN, host: 'localhost' }, false],
    ])('%s', async (_who, given, allowed) => {
      const headers = Object.fromEntries(
        Object.entries(given).map(([name, value]) => [name, value === OWN ? stack.url : value]),
      );
      const browser = await stack.signedIn('grace@globex.com');
      const call = (method: string, path: string) =>
        send(stack.url, path, {
          method,
          headers: { ...headers, accept: 'application/json', cookie: cookie(browser) },
        });
      const ended = await call('DELETE', '/v1/sessions');
      expect([ended.status, ended.body?.code]).toEqual(allowed ? [204, undefined] : [403, 'cross_origin']);
      const out = await call('POST', '/auth/logout');
      expect([out.status, out.body?.code]).toEqual(allowed ? [200, undefined] : [403, 'cross_origin']);
      const chosen = await call('POST', '/auth/organization');
      expect(chosen.status).toBe(allowed ? 400 : 403);
      const me = await send(stack.url, '/v1/me', { headers: { cookie: cookie(browser) } });
      expect(me.status).toBe(allowed ? 401 : 200);
    });

    it('are of no concern without a browser cookie', async () => {
      const headers = { 'sec-fetch-site': 'cross-site', accept: 'application/json' };
      const out = await send(stack.url, '/auth/logout', { method: 'POST', headers });
      expect(out).toMatchObject({ status: 200, body: { logoutUrl: null } });
      expect((await send(stack.url, '/v1/sessions', { method: 'DELETE', headers })).status).toBe(401);
    });

    it('may be read by a page of a listed origin, and by no other', async () => {
      const preflight = (origin: string) =>
        send(stack.url, '/v1/sessions', {
          method: 'OPTIONS',
          headers: {
            origin,
            'access-control-request-method': 'DELETE',
            'access-control-request-headers': 'content-type',
          },
        });
      const asked = await preflight(LISTED);
      expect(asked.status).toBe(204);
      expect(asked.headers['access-control-allow-methods']).toContain('DELETE');
      expect(asked.headers['access-control-allow-headers']).toBe('content-type');
      const read = (origin: string) =>
        send(stack.url, '/v1/me', { headers: { origin, cookie: cookie(), 'sec-fetch-site': 'same-site' } });
      const listed = await read(LISTED);
      expect(listed.headers).toMatchObject({
        'access-control-allow-origin': LISTED,
        'access-control-allow-credentials': 'true',
        vary: expect.stringMatching(/Cookie.*Origin/),
      });
      expect(listed.headers['access-control-expose-headers']).toContain('X-Request-Id');
      for (const foreign of ['https://evil.example', `${LISTED}.evil.example`, 'null']) {
        expect((await preflight(foreign)).status).toBe(404);
        expect((await read(foreign)).headers).not.toHaveProperty('access-control-allow-origin');
      }
    });

    it('cannot turn a safe method into one that acts', async () => {
      const headers = { cookie: cookie(), 'x-http-method-override': 'DELETE', 'x-method-override': 'DELETE' };
      expect((await send(stack.url, '/v1/sessions?_method=DELETE', { headers })).status).toBe(400);
      expect((await send(stack.url, '/v1/sessions', { headers })).status).toBe(200);
      for (const method of ['GET', 'HEAD', 'OPTIONS']) {
        expect((await send(stack.url, '/auth/logout', { method, headers })).status).toBe(405);
      }
      expect((await stack.api(ada, '/v1/me')).status).toBe(200);
    });
  });
});
