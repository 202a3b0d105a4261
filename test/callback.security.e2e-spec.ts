import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Browser } from './support/browser.js';
import { ACME, GLOBEX, MODES, Stack } from './support/stack.js';
import { send, type WireAnswer } from './support/wire.js';

const EXCHANGES = ['/sso/token', '/user_management/authenticate'];

interface Flow {
  readonly browser: Browser;
  readonly callback: URL;
  readonly state: string;
  readonly cookie: string;
}

describe.each(MODES)('the callback with SIGN_IN=%s', (mode) => {
  let stack: Stack;
  let second: Stack;
  beforeAll(async () => {
    stack = await Stack.start(mode);
    second = await stack.addNode();
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await stack.control('/faults', undefined, 'DELETE');
  });
  afterAll(async () => {
    await second.stop();
    await stack.stop();
  });

  const begin = async (
    browser = new Browser(),
    email = 'ada@acme.com',
    query = `email=${email}&return_to=/home`,
  ): Promise<Flow> => {
    const callback = new URL(await stack.callbackOf(browser, email, `/auth/login?${query}`));
    const state = callback.searchParams.get('state') ?? '';
    return { browser, callback, state, cookie: `login-${state.slice(0, 8)}` };
  };
  /** Opens a callback as a script, with the browser's cookies or others, which stay as they are. */
  const redeem = (
    { browser, callback }: Flow,
    changed: Record<string, string | null> = {},
    cookie?: string,
  ) => {
    const url = new URL(callback);
    for (const [name, value] of Object.entries(changed)) {
      if (value === null) url.searchParams.delete(name);
      else url.searchParams.set(name, value);
    }
    const headers = { accept: 'application/json', cookie: cookie ?? browser.cookieHeader(stack.url) };
    return send(stack.url, url.pathname + url.search, { headers });
  };
  const exchanges = async (): Promise<number> => {
    const counts = await Promise.all(EXCHANGES.map((path) => stack.upstreamCalls(path)));
    return counts.reduce((sum, count) => sum + count, 0);
  };
  const forgetExchanges = () => stack.control('/requests', undefined, 'DELETE');
  const sessionOf = (answer: WireAnswer) =>
    answer.setCookies.find((cookie) => /^session=[^;]/.test(cookie) && !/Max-Age=0/i.test(cookie));
  const sealed = ({ browser, cookie }: Flow) => browser.cookie(stack.url, cookie) ?? '';
  const flip = (text: string, index: number) =>
    text.slice(0, index) + (text[index] === 'A' ? 'B' : 'A') + text.slice(index + 1);
  const person = async (browser: Browser): Promise<unknown> => {
    const { body } = await stack.api(browser, '/v1/me');
    return (body as { user?: { email: string } } | null)?.user?.email ?? null;
  };

  describe('a bad state', () => {
    const cases: [string, (flow: Flow) => Promise<WireAnswer>][] = [
      ['of another browser', (flow) => redeem(flow, {}, '')],
      [
        'of another browser that has a sign-in of its own',
        async (flow) => redeem(flow, {}, (await begin()).browser.cookieHeader(stack.url)),
      ],
      [
        "under whose name stands another browser's cookie",
        async (flow) => redeem(flow, {}, `${flow.cookie}=${sealed(await begin())}`),
      ],
      [
        "under whose name stands the cookie of this browser's other tab",
        async (flow) => redeem(flow, {}, `${flow.cookie}=${sealed(await begin(flow.browser))}`),
      ],
      ['whose cookie was changed', (flow) => redeem(flow, {}, `${flow.cookie}=${flip(sealed(flow), 40)}`)],
      ['whose cookie is no cookie of ours', (flow) => redeem(flow, {}, `${flow.cookie}=e30`)],
      ['that is empty', (flow) => redeem(flow, { state: '' })],
      [
        'that was made up',
        (flow) => redeem(flow, { state: `${flow.state.slice(0, 18)}${'A'.repeat(43)}.${'A'.repeat(43)}` }),
      ],
      ['with another flow', (flow) => redeem(flow, { state: `00000000${flow.state.slice(8)}` })],
      [
        'that was made younger',
        (flow) => redeem(flow, { state: flow.state.replace(/\.[0-9a-z]+\./, '.zzzzzzzz.') }),
      ],
      ['with a changed nonce', (flow) => redeem(flow, { state: flip(flow.state, 30) })],
      [
        'with a changed signature',
        (flow) => redeem(flow, { state: flip(flow.state, flow.state.length - 3) }),
      ],
    ];

    it.each(cases)('%s makes no exchange and no session', async (_name, attempt) => {
      const flow = await begin();
      await forgetExchanges();
      const answer = await attempt(flow);
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_state' } });
      expect(sessionOf(answer)).toBeUndefined();
      expect(await exchanges()).toBe(0);
      expect((await flow.browser.open(flow.callback.href)).url).toBe(`${stack.url}/home`);
    });

    it('that is older than ten minutes makes no exchange, at the second', async () => {
      const [late, inTime] = [await begin(), await begin()];
      await forgetExchanges();
      stack.moveClock(600);
      const answer = await redeem(late);
      expect(answer).toMatchObject({ status: 400, body: { code: 'state_expired' } });
      expect(answer.setCookies.join()).toMatch(new RegExp(`${late.cookie}=;.*(Max-Age=0|1970)`));
      expect(await exchanges()).toBe(0);
      stack.moveClock(595);
      await stack.control('/clock', { advance: 595 });
      expect((await redeem(inTime)).status).toBe(303);
      await stack.control('/reset');
    });

    it('that was used makes no second exchange', async () => {
      const flow = await begin();
      const before = flow.browser.cookieHeader(stack.url);
      expect((await redeem(flow)).status).toBe(303);
      await forgetExchanges();
      for (const cookie of [before, '']) {
        const answer = await redeem(flow, {}, cookie);
        expect(answer).toMatchObject({ status: 400, body: { code: 'state_replayed' } });
        expect(sessionOf(answer)).toBeUndefined();
      }
      expect(await exchanges()).toBe(0);
    });

    it('of a node with other keys makes no exchange', async () => {
      const other = await stack.addNode({
        SESSION_KEYS: Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64'),
      });
      try {
        const flow = await begin();
        await forgetExchanges();
        const headers = { accept: 'application/json', cookie: flow.browser.cookieHeader(stack.url) };
        const answer = await send(other.url, flow.callback.pathname + flow.callback.search, { headers });
        expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_state' } });
        expect(await exchanges()).toBe(0);
      } finally {
        await other.stop();
      }
    });

    it('that is missing starts an ordinary sign-in, and without a code nothing', async () => {
      const flow = await begin();
      const nothing = await redeem(flow, { state: null, code: null });
      expect(nothing).toMatchObject({ status: 400, body: { code: 'missing_code' } });
      const stripped = await redeem(flow, { state: null });
      // A code that PKCE protects is of no use without its verifier, so not even its connection is learnt.
      expect(stripped).toMatchObject({ status: 400, body: { code: 'invalid_code' } });
      expect([sessionOf(nothing), sessionOf(stripped)]).toEqual([undefined, undefined]);
    });
  });

  describe('one state, one session', () => {
    it('of 20 parallel callbacks on two nodes lets one in, with one exchange', async () => {
      const flow = await begin();
      const headers = { accept: 'application/json', cookie: flow.browser.cookieHeader(stack.url) };
      const [before] = await stack.query<{ count: string }>('select count(*) from sessions');
      await forgetExchanges();
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          send((index % 2 ? second : stack).url, flow.callback.pathname + flow.callback.search, { headers }),
        ),
      );
      const won = answers.filter(({ status }) => status === 303);
      expect(won).toHaveLength(1);
      expect(answers.filter(({ body }) => body?.code === 'state_replayed')).toHaveLength(19);
      expect(answers.flatMap((answer) => sessionOf(answer) ?? [])).toHaveLength(1);
      expect(await exchanges()).toBe(1);
      const [after] = await stack.query<{ count: string }>('select count(*) from sessions');
      expect(Number(after?.count)).toBe(Number(before?.count) + 1);
    });

    it('lets two tabs of one browser both finish', async () => {
      const browser = new Browser();
      const one = await begin(browser, 'ada@acme.com', 'email=ada@acme.com&return_to=/one');
      const two = await begin(browser, 'ada@acme.com', 'email=ada@acme.com&return_to=/two');
      expect((await browser.open(one.callback.href)).url).toBe(`${stack.url}/one`);
      expect((await browser.open(two.callback.href)).url).toBe(`${stack.url}/two`);
      expect(await person(browser)).toBe('ada@acme.com');
    });

    it('gives a new token at every sign-in; the old one and a planted one are dead on every node', async () => {
      const browser = new Browser();
      const planted = 'A'.repeat(43);
      browser.setCookie(stack.url, 'session', planted);
      const tokens = [planted];
      for (let round = 0; round < 2; round++) {
        await stack.signIn(browser, 'ada@acme.com');
        tokens.push(browser.cookie(stack.url, 'session') ?? '');
      }
      expect(new Set(tokens).size).toBe(3);
      const statuses = async (node: Stack) => {
        const calls = tokens.map((token) =>
          send(node.url, '/v1/me', { headers: { cookie: `session=${token}` } }),
        );
        return (await Promise.all(calls)).map(({ status }) => status);
      };
      expect(await statuses(stack)).toEqual([401, 401, 200]);
      expect(await statuses(second)).toEqual([401, 401, 200]);
    });
  });

  describe('PKCE and the expected organization', () => {
    it('refuses the code of another flow of the same browser', async () => {
      const browser = new Browser();
      const [acme, globex] = [await begin(browser), await begin(browser, 'grace@globex.com')];
      const answer = await redeem(acme, { code: globex.callback.searchParams.get('code') });
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_code' } });
      expect(sessionOf(answer)).toBeUndefined();
      expect(answer.setCookies).toEqual([expect.stringContaining(`${acme.cookie}=;`)]);
    });

    it.each([
      ['organization', `organization=${ACME.organization}`, 'organization_mismatch'],
      ['e-mail', 'email=ada@acme.com', 'organization_mismatch'],
      ['connection', `connection=${ACME.connection}`, 'connection_mismatch'],
    ])(
      'refuses another company than that of the %s that the sign-in was started for',
      async (_name, query, code) => {
        const browser = new Browser();
        const started = await browser.open(`${stack.url}/auth/login?${query}`, { follow: false });
        const authorize = new URL(started.headers.get('location') ?? '');
        for (const name of ['organization', 'organization_id', 'login_hint'])
          authorize.searchParams.delete(name);
        authorize.searchParams.set(mode === 'sso' ? 'connection' : 'connection_id', GLOBEX.connection);
        if (mode === 'sso') authorize.searchParams.delete('organization');
        const idp = await browser.open(authorize.href);
        const reply = await browser.submit(idp, 'name="email"', { email: 'grace@globex.com' });
        const stopBefore = (url: string) => url.startsWith(`${stack.url}/auth/callback`);
        const callback = (await browser.submit(reply, 'SAMLResponse', {}, { stopBefore })).trail.at(-1) ?? '';
        expect(callback).toContain('code=');
        const answer = await stack.api(browser, callback.slice(stack.url.length));
        expect(answer).toMatchObject({ status: 403, body: { code } });
        expect(answer.headers.getSetCookie().join()).not.toMatch(/session=[^;]/);
        expect(
          await stack.query(`select 1 from sessions where organization_id = '${GLOBEX.organization}'`),
        ).toEqual([]);
      },
    );
  });

  describe('what only looks', () => {
    it.each<[string, { method?: string; headers?: Record<string, string> }, number]>([
      ['HEAD', { method: 'HEAD' }, 405],
      ['OPTIONS', { method: 'OPTIONS' }, 404],
      ['a prefetch', { headers: { 'sec-purpose': 'prefetch' } }, 403],
      ['a prerender', { headers: { 'sec-purpose': 'prefetch;prerender' } }, 403],
      ['a prefetch of older browsers', { headers: { purpose: 'prefetch' } }, 403],
      ['one of still older ones', { headers: { 'x-moz': 'prefetch' } }, 403],
      ['a preview of one of those', { headers: { 'x-purpose': 'preview' } }, 403],
    ])('%s redeems nothing, and the real callback works after it', async (_name, how, status) => {
      const flow = await begin();
      await forgetExchanges();
      const { pathname, search } = flow.callback;
      const headers = { accept: 'text/html', cookie: flow.browser.cookieHeader(stack.url), ...how.headers };
      const answer = await send(stack.url, pathname + search, {
        method: how.method ?? 'GET',
        headers: { ...headers, accept: 'application/json' },
      });
      expect(answer.status).toBe(status);
      expect(answer.setCookies).toEqual([]);
      const login = await send(stack.url, '/auth/login?email=ada@acme.com', {
        method: how.method ?? 'GET',
        headers,
      });
      expect(login.setCookies).toEqual([]);
      expect(await exchanges()).toBe(0);
      expect((await flow.browser.open(flow.callback.href)).url).toBe(`${stack.url}/home`);
    });
  });

  describe('the sign-in cookie', () => {
    const outcomes: [string, Record<string, string | null>, number][] = [
      ['a session', {}, 303],
      ['a code that is refused', { code: 'not-a-code' }, 400],
      ['a malformed code', { code: 'a b' }, 400],
      ['no code', { code: null }, 400],
      ['an error of the identity provider', { code: null, error: 'access_denied' }, 403],
    ];
    it.each(outcomes)('is deleted when the sign-in ends with %s', async (_name, changed, status) => {
      const flow = await begin();
      const answer = await redeem(flow, changed);
      expect(answer.status).toBe(status);
      const gone = answer.setCookies.find((cookie) => cookie.startsWith(`${flow.cookie}=;`));
      expect(gone).toMatch(/Max-Age=0|Thu, 01 Jan 1970/);
    });

    it('is deleted when WorkOS is not there, when a guest is refused, and when it is not ours', async () => {
      const guest = await begin(new Browser(), 'pat@partner.example', `organization=${ACME.organization}`);
      expect((await redeem(guest)).setCookies).toEqual([expect.stringContaining(`${guest.cookie}=;`)]);
      const broken = await begin();
      for (const path of EXCHANGES)
        await stack.control('/faults', { path, type: 'status', status: 500, times: 5 });
      const answer = await redeem(broken);
      expect(answer.status).toBe(503);
      expect(answer.setCookies).toEqual([expect.stringContaining(`${broken.cookie}=;`)]);
      const foreign = await begin();
      const refused = await redeem(foreign, {}, `${foreign.cookie}=e30`);
      expect(refused.setCookies).toEqual([expect.stringContaining(`${foreign.cookie}=;`)]);
    });

    it('stands for five tabs at most, and the oldest gives way', async () => {
      const browser = new Browser();
      const flows: Flow[] = [];
      for (let tab = 0; tab < 6; tab++) {
        flows.push(await begin(browser));
        const held = [...(browser.cookies.get('localhost')?.keys() ?? [])].filter((name) =>
          name.startsWith('login-'),
        );
        expect(held).toHaveLength(Math.min(tab + 1, 5));
      }
      const [oldest, next, ...rest] = flows;
      if (!oldest || !next) throw new Error('six tabs were opened');
      expect(await redeem(oldest)).toMatchObject({ status: 400, body: { code: 'invalid_state' } });
      expect((await redeem(next)).status).toBe(303);
      const last = rest.at(-1);
      expect(last && (await browser.open(last.callback.href)).url).toBe(`${stack.url}/home`);
    });

    it('holds a return_to of 2000 characters, in less than 4096 bytes', async () => {
      const path = `/reports?q=${'a'.repeat(1989)}`;
      const browser = new Browser();
      const login = `/auth/login?email=ada@acme.com&return_to=${encodeURIComponent(path)}`;
      const started = await send(stack.url, login);
      expect(started.setCookies).toHaveLength(1);
      expect(Buffer.byteLength(started.setCookies[0] ?? '')).toBeLessThan(4096);
      expect((await stack.signIn(browser, 'ada@acme.com', login)).url).toBe(`${stack.url}${path}`);
    });
  });

  describe('cookies where APP_URL is https', () => {
    const APP_URL = 'https://app.example.test';
    let secure: Stack;
    beforeAll(async () => {
      secure = await Stack.start(mode, { APP_URL });
      await secure.control('/settings', { redirect_uris: [`${APP_URL}/auth/callback`] });
    });
    afterAll(() => secure.stop());

    it('are bound to the host, for TLS alone, out of reach of scripts, and short-lived', async () => {
      const started = await send(secure.url, `/auth/login?organization=${ACME.organization}`);
      expect(started.status).toBe(302);
      const [login = ''] = started.setCookies;
      expect(attributesOf(login)).toEqual(['HttpOnly', 'Max-Age=600', 'Path=/', 'SameSite=Lax', 'Secure']);
      expect(login).toMatch(/^__Host-login-[0-9a-f]{8}=/);
      expect(started.headers['strict-transport-security']).toMatch(/max-age=31536000/);

      const browser = new Browser();
      const idp = await browser.open(String(started.headers.location));
      const reply = await browser.submit(idp, 'name="email"', { email: 'ada@acme.com' });
      const stopBefore = (url: string) => url.startsWith(APP_URL);
      const callback = (await browser.submit(reply, 'SAMLResponse', {}, { stopBefore })).trail.at(-1) ?? '';
      const cookie = login.split(';')[0] ?? '';
      const ended = await send(secure.url, callback.slice(APP_URL.length), { headers: { cookie } });
      expect(ended).toMatchObject({ status: 303, headers: { location: `${APP_URL}/` } });
      const session = ended.setCookies.find((line) => line.startsWith('__Host-session=')) ?? '';
      expect(attributesOf(session)).toEqual(['HttpOnly', 'Path=/', 'SameSite=Lax', 'Secure']);
      expect(session).toMatch(/^__Host-session=[A-Za-z0-9_-]{43};/);
      const plain = session.split(';')[0]?.replace('__Host-', '') ?? '';
      expect((await send(secure.url, '/v1/me', { headers: { cookie: plain } })).status).toBe(401);
    });
  });
});

function attributesOf(setCookie: string): string[] {
  return setCookie
    .split(';')
    .slice(1)
    .map((attribute) => attribute.trim())
    .filter((attribute) => !/^expires=/i.test(attribute))
    .toSorted();
}
