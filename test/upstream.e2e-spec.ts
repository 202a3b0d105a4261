import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Browser } from './support/browser.js';
import { MODES, Stack } from './support/stack.js';
import { send } from './support/wire.js';

const TOKEN_PATH = { sso: '/sso/token', authkit: '/user_management/authenticate' };
/** What the contract gives a sign-in that WorkOS leaves without an answer. */
const LIMIT = 12_000;

describe.each(MODES)('a WorkOS that fails, with SIGN_IN=%s', (mode) => {
  const path = TOKEN_PATH[mode];
  let stack: Stack;
  beforeAll(async () => {
    stack = await Stack.start(mode);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await stack.control('/faults', undefined, 'DELETE');
  });
  afterAll(() => stack.stop());

  it.each([
    ['500', { type: 'status', status: 500 }],
    ['503 with a page of HTML', { type: 'html', status: 503 }],
    ['200 with a page of HTML', { type: 'html', status: 200 }],
    ['429', { type: 'rate_limit', retry_after: 1 }],
    ['401 for our API key', { type: 'status', status: 401 }],
    ['400 for our client id', { type: 'status', status: 400, body: { error: 'invalid_client' } }],
  ])('answers %s at the exchange with 503, and leaves nothing half-done', async (_name, fault) => {
    const { browser, redeem } = await begin(stack);
    const before = await rows(stack);
    await stack.control('/faults', { path, times: 50, ...fault });
    const answer = await timed(redeem());
    expect(answer).toMatchObject({ status: 503, body: { code: 'upstream_unavailable' } });
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(answer.setCookies.join()).not.toMatch(/session=[^;]/);
    expect(await rows(stack)).toEqual(before);

    await stack.control('/faults', undefined, 'DELETE');
    expect((await stack.signIn(browser, 'ada@acme.com')).url).toBe(`${stack.url}/`);
  });

  it('offers a person to try again', async () => {
    const { redeem } = await begin(stack);
    await stack.control('/faults', { path, times: 50, type: 'status', status: 401 });
    const { status, headers } = await timed(redeem('text/html'));
    expect(status).toBe(303);
    const page = new URL(headers.location ?? '', stack.url);
    expect([page.pathname, page.searchParams.get('error')]).toEqual(['/sign-in', 'upstream_unavailable']);
    expect(Number(page.searchParams.get('retry_after'))).toBeGreaterThan(0);
  });

  it('survives one lost answer of many by itself', async () => {
    const { redeem } = await begin(stack);
    await stack.control('/faults', { path, times: 1, type: 'status', status: 502 });
    expect((await redeem()).status).toBe(303);
  });

  it('leaves nothing half-done when it fails after the exchange', async () => {
    // Past the half minute for which the copy of an organization is used unasked.
    stack.moveClock(31);
    const { browser, redeem } = await begin(stack);
    await stack.query('delete from organizations');
    const before = await rows(stack);
    await stack.control('/faults', { path: '/organizations/*', times: 50, type: 'status', status: 500 });
    stack.moveClock(62);
    expect(await timed(redeem())).toMatchObject({ status: 503, body: { code: 'upstream_unavailable' } });
    expect(await rows(stack)).toEqual(before);
    await stack.control('/faults', undefined, 'DELETE');
    expect((await stack.signIn(browser, 'ada@acme.com')).url).toBe(`${stack.url}/`);
  });

  it('routes known domains, keeps sessions and says so for the rest while all of it is down', async () => {
    const ada = await stack.signedIn('ada@acme.com');
    stack.moveClock(120);
    await stack.control('/faults', { path: '/**', times: 1000, type: 'status', status: 503 });
    const known = await send(stack.url, '/auth/login?email=alan@acme.com');
    expect(known.status).toBe(302);
    expect(known.headers.location).toContain(`${stack.sandbox.url}/`);
    const unknown = await timed(send(stack.url, '/auth/login?email=eve@unheard-of.example'));
    expect(unknown).toMatchObject({ status: 503, body: { code: 'upstream_unavailable' } });
    expect((await stack.api(ada, '/v1/me')).status).toBe(200);
    expect((await stack.api(ada, '/v1/invoices')).status).toBe(200);
    expect((await stack.api(ada, '/v1/sessions')).status).toBe(200);
    expect((await stack.api(ada, '/auth/logout', { method: 'POST' })).status).toBe(200);
    expect((await stack.api(ada, '/v1/me')).status).toBe(401);
  });

  it('answers where nobody listens any more, and lets those work on who are in', async () => {
    const { redeem } = await begin(stack);
    const ada = await stack.signedIn('ada@acme.com');
    const alone = await stack.addNode({ WORKOS_API_URL: 'http://127.0.0.1:9' });
    try {
      expect((await alone.api(ada, '/v1/me')).status).toBe(200);
      const login = await timed(send(alone.url, '/auth/login?email=eve@gone.example'));
      expect(login).toMatchObject({ status: 503, body: { code: 'upstream_unavailable' } });
      expect((await send(alone.url, '/auth/login?email=ada@acme.com')).status).toBe(302);
    } finally {
      await alone.stop();
    }
    expect((await redeem()).status).toBe(303);
  });
});

describe('a WorkOS that never answers', () => {
  let stacks: Stack[] = [];
  beforeAll(async () => {
    stacks = await Promise.all(MODES.map((mode) => Stack.start(mode)));
  });
  afterAll(() => Promise.all(stacks.map((stack) => stack.stop())));

  const silent = async (stack: Stack, path: string): Promise<void> => {
    const { browser, redeem } = await begin(stack);
    const before = await rows(stack);
    await stack.control('/faults', { path, times: 50, type: 'hang' });
    await stack.control('/faults', { path: '/organizations', times: 50, type: 'hang' });
    const answers = await Promise.all([
      timed(redeem()),
      timed(send(stack.url, '/auth/login?email=eve@silent.example')),
    ]);
    for (const answer of answers)
      expect(answer).toMatchObject({ status: 503, body: { code: 'upstream_unavailable' } });
    expect(await rows(stack)).toEqual(before);
    await stack.control('/faults', undefined, 'DELETE');
    expect((await stack.signIn(browser, 'ada@acme.com')).url).toBe(`${stack.url}/`);
  };

  it('costs a sign-in 12 seconds at most, in either mode, and the next one nothing', async () => {
    await Promise.all(MODES.map((mode, at) => silent(stacks[at] as Stack, TOKEN_PATH[mode])));
  }, 30_000);
});

async function begin(stack: Stack) {
  const browser = new Browser();
  const callback = new URL(await stack.callbackOf(browser, 'ada@acme.com'));
  const target = callback.pathname + callback.search;
  const redeem = (accept = 'application/json') =>
    send(stack.url, target, { headers: { accept, cookie: browser.cookieHeader(stack.url) } });
  return { browser, redeem };
}

async function rows(stack: Stack) {
  const [counts] = await stack.query(
    'select (select count(*) from sessions) as sessions, (select count(*) from users) as users',
  );
  return counts;
}

async function timed<Result>(work: Promise<Result>): Promise<Result> {
  const started = Date.now();
  const result = await work;
  expect(Date.now() - started).toBeLessThan(LIMIT);
  return result;
}
