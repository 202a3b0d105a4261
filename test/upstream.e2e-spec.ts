import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { beginSignIn, inTime, rowsOf, TOKEN_PATH } from './support/redemption.js';
import { MODES, Stack } from './support/stack.js';
import { until } from './support/until.js';
import { send } from './support/wire.js';

describe('a WorkOS that fails, in either mode,', () => {
  let stacks: Stack[] = [];
  beforeAll(async () => {
    stacks = await Promise.all(MODES.map((mode) => Stack.start(mode)));
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await Promise.all(stacks.map((stack) => stack.control('/faults', undefined, 'DELETE')));
  });
  afterAll(() => Promise.all(stacks.map((stack) => stack.stop())));

  /** Side by side: nearly all of it is waiting. */
  const inBoth = (run: (stack: Stack, path: string) => Promise<void>) =>
    Promise.all(
      stacks.map(async (stack, at) => {
        const mode = MODES[at] ?? 'sso';
        await run(stack, TOKEN_PATH[mode]).catch((cause: unknown) => {
          throw new Error(`With SIGN_IN=${mode}: ${String(cause)}`, { cause });
        });
      }),
    );

  it.each([
    ['500', { type: 'status', status: 500 }],
    ['503 with a page of HTML', { type: 'html', status: 503 }],
    ['200 with a page of HTML', { type: 'html', status: 200 }],
    ['429', { type: 'rate_limit', retry_after: 1 }],
    ['401 for our API key', { type: 'status', status: 401 }],
    ['400 for our client id', { type: 'status', status: 400, body: { error: 'invalid_client' } }],
  ])('answers %s at the exchange with 503, and leaves nothing half-done', (_name, fault) =>
    inBoth(async (stack, path) => {
      const { browser, redeem } = await beginSignIn(stack);
      const before = await rowsOf(stack);
      await stack.control('/faults', { path, times: 50, ...fault });
      const answer = await inTime(redeem());
      expect(answer).toMatchObject({ status: 503, body: { code: 'upstream_unavailable' } });
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      expect(answer.setCookies.join()).not.toMatch(/session=[^;]/);
      expect(await rowsOf(stack)).toEqual(before);

      await stack.control('/faults', undefined, 'DELETE');
      expect((await stack.signIn(browser, 'ada@acme.com')).url).toBe(`${stack.url}/`);
    }),
  );

  it('offers a person to try again', () =>
    inBoth(async (stack, path) => {
      const { redeem } = await beginSignIn(stack);
      await stack.control('/faults', { path, times: 50, type: 'status', status: 401 });
      const { status, headers } = await inTime(redeem('text/html'));
      expect(status).toBe(303);
      const page = new URL(headers.location ?? '', stack.url);
      expect([page.pathname, page.searchParams.get('error')]).toEqual(['/sign-in', 'upstream_unavailable']);
      expect(Number(page.searchParams.get('retry_after'))).toBeGreaterThan(0);
    }));

  it('survives one lost answer of many by itself', () =>
    inBoth(async (stack, path) => {
      const { redeem } = await beginSignIn(stack);
      await stack.control('/faults', { path, times: 1, type: 'status', status: 502 });
      expect((await redeem()).status).toBe(303);
    }));

  it('leaves nothing half-done when it fails after the exchange', () =>
    inBoth(async (stack) => {
      // Past the half minute for which the copy of an organization is used unasked.
      stack.moveClock(31);
      const { browser, redeem } = await beginSignIn(stack);
      await until('what WorkOS was asked behind that is in the copy', async () => {
        const read = `select 1 from organizations where synced_at > now() + interval '20 seconds'`;
        return (await stack.query(read)).length > 0;
      });
      await stack.query('delete from organizations');
      const before = await rowsOf(stack);
      await stack.control('/faults', { path: '/organizations/*', times: 50, type: 'status', status: 500 });
      stack.moveClock(62);
      expect(await inTime(redeem())).toMatchObject({ status: 503, body: { code: 'upstream_unavailable' } });
      expect(await rowsOf(stack)).toEqual(before);
      await stack.control('/faults', undefined, 'DELETE');
      expect((await stack.signIn(browser, 'ada@acme.com')).url).toBe(`${stack.url}/`);
    }));

  it('routes known domains, keeps sessions and says so for the rest while all of it is down', () =>
    inBoth(async (stack) => {
      const ada = await stack.signedIn('ada@acme.com');
      stack.moveClock(120);
      await stack.control('/faults', { path: '/**', times: 1000, type: 'status', status: 503 });
      const known = await send(stack.url, '/auth/login?email=alan@acme.com');
      expect(known.status).toBe(302);
      expect(known.headers.location).toContain(`${stack.sandbox.url}/`);
      const unknown = await inTime(send(stack.url, '/auth/login?email=eve@unheard-of.example'));
      expect(unknown).toMatchObject({ status: 503, body: { code: 'upstream_unavailable' } });
      expect((await stack.api(ada, '/v1/me')).status).toBe(200);
      expect((await stack.api(ada, '/v1/invoices')).status).toBe(200);
      expect((await stack.api(ada, '/v1/sessions')).status).toBe(200);
      expect((await stack.api(ada, '/auth/logout', { method: 'POST' })).status).toBe(200);
      expect((await stack.api(ada, '/v1/me')).status).toBe(401);
    }));

  it('answers where nobody listens any more, and lets those work on who are in', () =>
    inBoth(async (stack) => {
      const { redeem } = await beginSignIn(stack);
      const ada = await stack.signedIn('ada@acme.com');
      const alone = await stack.addNode({ WORKOS_API_URL: 'http://127.0.0.1:9' });
      try {
        expect((await alone.api(ada, '/v1/me')).status).toBe(200);
        const login = await inTime(send(alone.url, '/auth/login?email=eve@gone.example'));
        expect(login).toMatchObject({ status: 503, body: { code: 'upstream_unavailable' } });
        expect((await send(alone.url, '/auth/login?email=ada@acme.com')).status).toBe(302);
      } finally {
        await alone.stop();
      }
      expect((await redeem()).status).toBe(303);
    }));
});
