import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from './support/browser.js';
import * as bad from './support/bad-requests.js';
import { Stack } from './support/stack.js';
import { send, type WireAnswer } from './support/wire.js';

describe('input that nobody honest sends', () => {
  let stack: Stack;
  let ada: Browser;
  beforeAll(async () => {
    stack = await Stack.start('sso');
    ada = await stack.signedIn('ada@acme.com');
  });
  afterAll(() => stack.stop());

  /** What every answer must be, whatever was asked. */
  const check = (answer: WireAnswer, status: number, code: string | null) => {
    expect({ status: answer.status, code: answer.body?.code ?? null }).toEqual({ status, code });
    expect(answer.headers['x-request-id']).toMatch(/^[A-Za-z0-9._-]{1,64}$/);
    expect(answer.headers['cache-control']).toBe('no-store');
    if (code === null) return;
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.body).toMatchObject({
      type: expect.any(String),
      title: expect.any(String),
      detail: expect.any(String),
      status,
      requestId: answer.headers['x-request-id'],
    });
    expect(answer.text).not.toMatch(
      /\bat \w+ \(|node_modules|\.ts\b|\.js\b|select |insert |SyntaxError|zod/i,
    );
  };

  describe.each<[string, bad.Case[], 'signed in' | 'nobody', string]>([
    ['login', bad.login, 'nobody', 'GET'],
    ['callback', bad.callback, 'nobody', 'GET'],
    ['cookie or credential', bad.cookies, 'nobody', 'GET'],
    ['path', bad.paths, 'nobody', 'GET'],
    ['method', bad.methods, 'nobody', 'GET'],
    ['choice of an organization', bad.choices, 'nobody', 'POST'],
    ['body', bad.bodies, 'signed in', 'POST'],
    ['list or id', bad.lists, 'signed in', 'GET'],
  ])('%s', (_name, cases, who, method) => {
    it.each(cases)('%s', async (_what, target, status, code, rest = {}) => {
      const credential =
        who === 'signed in' ? { cookie: ada.cookieHeader(stack.url), 'sec-fetch-site': 'same-origin' } : {};
      const started = Date.now();
      const headers = { accept: 'application/json', ...credential, ...rest.headers };
      check(await send(stack.url, target, { method, ...rest, headers }), status, code);
      expect(Date.now() - started).toBeLessThan(1000);
    });
  });

  it('pollutes no prototype and breaks nothing for the next', async () => {
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as Record<string, unknown>)['customer']).toBeUndefined();
    expect((await stack.api(ada, '/v1/me')).status).toBe(200);
  });

  it('refuses two session cookies: which one is the person nobody can say', async () => {
    const good = `session=${ada.cookie(stack.url, 'session')}`;
    for (const cookie of [`${good}; session=planted`, `session=planted; ${good}`]) {
      const { status, body } = await send(stack.url, '/v1/me', { headers: { cookie } });
      expect([status, body?.['code']]).toEqual([400, 'several_credentials']);
    }
  });

  it('keeps a valid X-Request-Id and replaces every other', async () => {
    const idOf = async (given: string | string[]) => {
      const answer = await send(stack.url, '/nothing', { headers: { 'x-request-id': given } });
      expect(answer.body?.['requestId']).toBe(answer.headers['x-request-id']);
      return String(answer.headers['x-request-id']);
    };
    expect(await idOf('Trace-1.2_3')).toBe('Trace-1.2_3');
    const bad = ['a b', '<script>', 'x'.repeat(65), 'a,b', '', ['one', 'two']];
    for (const given of bad) expect(await idOf(given)).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each([
    ['/auth/login?provider=EvilOAuth', 'invalid_request'],
    ['/auth/login?email=ada', 'invalid_email'],
    ['/auth/login?return_to=//evil.example', 'invalid_return_to'],
    ['/auth/callback', 'missing_code'],
    ['/auth/callback?code=x&state=y', 'invalid_state'],
    ['/auth/nothing', 'not_found'],
    ['/auth/logout', 'method_not_allowed'],
  ])('sends a person who opened %s to the sign-in page', async (target, code) => {
    const headers = { accept: 'text/html,*/*;q=0.8', 'x-request-id': 'Trace-1' };
    const answer = await send(stack.url, target, { headers });
    expect(answer.status).toBe(303);
    expect(answer.headers.location).toMatch(new RegExp(`^/sign-in\\?error=${code}&request_id=Trace-1(&|$)`));
    expect(answer.headers['cache-control']).toBe('no-store');
    expect((await send(stack.url, answer.headers.location ?? '', { headers })).status).toBe(200);
  });

  it('answers a script with a problem, also on a browser route, and sends a person to the sign-in', async () => {
    expect((await send(stack.url, '/auth/callback')).body?.code).toBe('missing_code');
    const page = await send(stack.url, '/v1/me', { headers: { accept: 'text/html' } });
    expect([page.status, page.headers['location']]).toEqual([302, '/auth/login?return_to=%2Fv1%2Fme']);
  });
});
