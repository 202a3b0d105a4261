import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { CredentialReader } from '../src/auth/credentials/passport.provider.js';
import { useWebSockets } from '../src/auth/websocket/index.js';
import { Clock } from '../src/common/clock.js';
import { extend, type Extended } from './support/extended.js';
import { Desk, EchoGateway, LiveGateway } from './support/live.gateway.js';
import { openSocketIo, openWs, type Headers, type Line } from './support/sockets.js';
import { Stack } from './support/stack.js';
import type { Browser } from './support/browser.js';
import { until } from './support/until.js';

const KEY = 'sk_sandbox_acme_reporting_not_a_secret';

let stack: Stack;
let ada: Browser;
let alan: Browser;
beforeAll(async () => {
  stack = await Stack.start('authkit', { SESSION_IDLE_TIMEOUT: '200' });
  [ada, alan] = await Promise.all([stack.signedIn('ada@acme.com'), stack.signedIn('alan@acme.com')]);
});
afterAll(() => stack.stop());

describe.each([
  ['ws', openWs],
  ['socket.io', openSocketIo],
] as const)('a gateway over %s', (library, open) => {
  let node: Extended;
  const lines: Line[] = [];
  beforeAll(async () => {
    const added = { providers: [Desk, LiveGateway, EchoGateway] };
    node = await extend(stack, added, (app) => useWebSockets(app, library));
  });
  afterEach(() => {
    for (const line of lines.splice(0)) line.close();
  });
  afterAll(() => node.app.close());

  const connect = async (headers: Headers) => {
    const line = await open(node.url, headers);
    lines.push(line);
    return line;
  };
  const page = (browser: Browser): Headers => ({
    cookie: browser.cookieHeader(stack.url),
    origin: stack.url,
  });

  it('knows who opened a socket, in the handshake, in handlers and in services', async () => {
    const line = await connect(page(ada));
    expect(node.app.get(LiveGateway).arrived.at(-1)).toBe('ada@acme.com');
    const answer = ['whoami', { name: 'ada@acme.com', desk: 'ada@acme.com' }];
    expect(await line.ask('whoami')).toEqual(answer);
    expect(await line.ask('echo', 'hello')).toEqual(['echo', 'hello']);
  });

  it('keeps people apart who talk at the same time', async () => {
    const both = [await connect(page(ada)), await connect(page(alan))];
    const answers = await Promise.all(
      both.map(async (line) => {
        const own = [];
        for (let turn = 0; turn < 10; turn++) own.push((await line.ask('whoami'))[1]);
        return own;
      }),
    );
    const [first, second] = ['ada@acme.com', 'alan@acme.com'].map((name) => ({ name, desk: name }));
    expect(answers).toEqual([Array(10).fill(first), Array(10).fill(second)]);
  });

  it('reads no message of more than a million bytes', async () => {
    const line = await connect(page(ada));
    const answer = line.ask('echo', 'x'.repeat(1_000_001));
    const end = await Promise.race([answer, line.ended]);
    expect(end).toBe(library === 'ws' ? 1009 : null);
  });

  it('takes an API key, and tells it from a person', async () => {
    const line = await connect({ authorization: `Bearer ${KEY}` });
    expect(await line.ask('whoami')).toMatchObject(['whoami', { name: 'Acme reporting' }]);
    expect(await line.ask('people')).toMatchObject([
      'exception',
      { code: 'principal_not_accepted', status: 403 },
    ]);
  });

  it('holds every message to its decorators, and goes on after a refusal', async () => {
    const line = await connect(page(alan));
    const [event, problem] = await line.ask('create', { number: 'A-1' });
    expect([event, problem]).toMatchObject(['exception', { code: 'missing_permission', status: 403 }]);
    expect((problem as { requestId: string }).requestId).not.toBe('');
    expect(await line.ask('people')).toEqual(['people', 'alan@acme.com']);
    expect(await (await connect(page(ada))).ask('create', { number: 'A-1' })).toEqual([
      'created',
      'Acme A-1',
    ]);
  });

  it('keeps what failed to itself', async () => {
    const [event, problem] = await (await connect(page(ada))).ask('fault');
    expect([event, problem]).toMatchObject(['exception', { code: 'internal_error', status: 500 }]);
    expect(JSON.stringify(problem)).not.toContain('internals');
  });

  it.each<[string, () => Headers, string]>([
    ['nobody', () => ({ origin: stack.url }), 'unauthenticated'],
    ['a stranger', () => ({ cookie: `session=${'x'.repeat(43)}`, origin: stack.url }), 'unauthenticated'],
    ['an unknown key', () => ({ authorization: 'Bearer sk_live_unknown_key' }), 'unauthenticated'],
    ["another site's page", () => ({ ...page(ada), origin: 'https://evil.example' }), 'cross_origin'],
    ['a page without an origin', () => ({ ...page(ada), origin: 'null' }), 'cross_origin'],
    ['a cookie without a page', () => ({ cookie: page(ada)['cookie'] ?? '' }), 'cross_origin'],
    ['two credentials', () => ({ ...page(ada), authorization: `Bearer ${KEY}` }), 'several_credentials'],
  ])('opens no socket for %s', async (_, headers, code) => {
    const before = node.app.get(LiveGateway).arrived.length;
    const refusal = connect(headers());
    await expect(refusal).rejects.toThrow(library === 'ws' ? code : /403|websocket error/);
    expect(node.app.get(LiveGateway).arrived).toHaveLength(before);
  });

  it('closes within five seconds when the session is ended on another node', async () => {
    const browser = await stack.signedIn('ada@acme.com');
    const line = await connect(page(browser));
    const other = await connect(page(ada));
    const begun = performance.now();
    await stack.api(browser, '/auth/logout', { method: 'POST' });
    const end = await line.ended;
    expect(performance.now() - begun).toBeLessThan(5000);
    if (library === 'ws') expect(end).toBe(4401);
    else expect(end).toMatchObject({ code: 'unauthenticated' });
    expect(await other.ask('people')).toEqual(['people', 'ada@acme.com']);
  });

  it('does nothing more for a session that has ended, before the socket is closed', async () => {
    const browser = await stack.signedIn('alan@acme.com');
    const line = await connect(page(browser));
    await stack.api(browser, '/auth/logout', { method: 'POST' });
    const refuses = async () => {
      const answer = await Promise.race([line.ask('people'), line.ended]);
      return !Array.isArray(answer) || answer[0] === 'exception';
    };
    // The other node hears of it within milliseconds; the socket is looked at every two seconds.
    await until('it does nothing more', refuses, 1500);
  });
});

describe('a socket that only listens', () => {
  it('keeps no session awake, and a message does', async () => {
    const added = { providers: [Desk, LiveGateway] };
    const node = await extend(stack, added, async (app) => {
      await useWebSockets(app, 'ws');
    });
    const open = async () => {
      const browser = await stack.signedIn('alan@acme.com');
      return openWs(node.url, { cookie: browser.cookieHeader(stack.url), origin: stack.url });
    };
    const [silent, lively] = [await open(), await open()];
    const looks = jest.spyOn(node.app.get(CredentialReader, { strict: false }), 'holds');
    const clock = node.app.get(Clock, { strict: false });
    const moveTo = (seconds: number) => {
      const moved = () => Date.now() + seconds * 1000;
      jest.spyOn(clock, 'now').mockImplementation(() => new Date(moved()));
      jest.spyOn(clock, 'milliseconds').mockImplementation(moved);
    };
    moveTo(120);
    expect(await lively.ask('people')).toEqual(['people', 'alan@acme.com']);
    looks.mockClear();
    await until('both were looked at', () => looks.mock.calls.length >= 2);
    moveTo(240);
    expect(await silent.ended).toBe(4401);
    expect(await lively.ask('people')).toEqual(['people', 'alan@acme.com']);
    moveTo(100_000);
    expect(await lively.ended).toBe(4401);
    await node.app.close();
  });
});

describe('a gateway over Socket.IO without WebSockets', () => {
  it('looks at the request that begins the polling', async () => {
    const added = { providers: [Desk, LiveGateway] };
    const node = await extend(stack, added, (app) => useWebSockets(app, 'socket.io'));
    const cookie = ada.cookieHeader(stack.url);
    const line = await openSocketIo(node.url, { cookie, 'sec-fetch-site': 'same-origin' }, ['polling']);
    expect(await line.ask('people')).toEqual(['people', 'ada@acme.com']);
    line.close();
    const foreign = openSocketIo(node.url, { cookie, 'sec-fetch-site': 'cross-site' }, ['polling']);
    await expect(foreign).rejects.toThrow('cross_origin');
    await node.app.close();
  });
});

describe('a line of Socket.IO that enters nowhere', () => {
  it('is closed when the session ends, and lets nobody in later', async () => {
    const added = { providers: [Desk, LiveGateway] };
    const node = await extend(stack, added, (app) => useWebSockets(app, 'socket.io'));
    const browser = await stack.signedIn('alan@acme.com');
    const headers = { cookie: browser.cookieHeader(stack.url), origin: stack.url };
    const url = `${node.url.replace('http', 'ws')}/live/?EIO=4&transport=websocket`;
    const line = new WebSocket(url, { headers });
    const pause = (time: number) => new Promise((resolve) => setTimeout(resolve, time));
    await once(line, 'message');
    await stack.api(browser, '/auth/logout', { method: 'POST' });
    await once(line, 'close', { signal: AbortSignal.timeout(5000) }).catch(() => null);
    if (line.readyState === WebSocket.OPEN) line.send('40');
    await pause(200);
    const state = line.readyState;
    line.terminate();
    const { arrived } = node.app.get(LiveGateway);
    await node.app.close();
    expect([state, arrived]).toEqual([WebSocket.CLOSED, []]);
  });
});

describe('a gateway that nobody put behind the guard', () => {
  it('answers no message', async () => {
    const { WsAdapter } = await import('@nestjs/platform-ws');
    const node = await extend(stack, { providers: [EchoGateway] }, async (app) => {
      app.useWebSocketAdapter(new WsAdapter(app));
    });
    const line = await openWs(node.url, {});
    expect(await line.ask('echo', 'hello')).toMatchObject(['exception', { status: 500 }]);
    line.close();
    await node.app.close();
  });
});
