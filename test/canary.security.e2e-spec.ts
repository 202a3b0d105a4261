import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { KeyRing } from '../src/crypto/key-ring.js';
import { Browser } from './support/browser.js';
import { ServiceProcess } from './support/service-process.js';
import { ACME, MODES, Stack } from './support/stack.js';
import { until } from './support/until.js';
import { deliver, wireEvent } from './support/webhooks.js';
import { send } from './support/wire.js';

beforeAll(() => ServiceProcess.build());

describe.each(MODES)('secrets of a sign-in, in a process of its own with SIGN_IN=%s', (mode) => {
  let stack: Stack;
  let service: ServiceProcess;
  /** What the browser was sent, and what it asked for: everything but `Set-Cookie` and the way to WorkOS and back. */
  const answers: { url: string; status: number; text: string }[] = [];
  const secrets = new Map<string, string>();

  beforeAll(async () => {
    stack = await Stack.start(mode, {
      WORKOS_WEBHOOK_SECRET: randomBytes(32).toString('hex'),
      OPERATOR_TOKEN: randomBytes(32).toString('hex'),
    });
    // The compiled service takes the place of the one in this process, at its port.
    await stack.app.close();
    service = ServiceProcess.start({ ...stack.env, LOG_LEVEL: 'trace' });
    await service.ready(stack.url);
  });
  beforeEach(() => {
    const real = globalThis.fetch;
    jest.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
      const response = await real(input, init);
      const url = new URL(input instanceof Request ? input.url : input);
      if (url.origin === stack.url) {
        const headers = [...response.headers].filter(
          ([name]) => name !== 'set-cookie' && name !== 'location',
        );
        const text = `${JSON.stringify(headers)} ${await response.clone().text()}`;
        answers.push({ url: url.href, status: response.status, text });
      }
      return response;
    });
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
  afterAll(async () => {
    await service.terminate('SIGKILL');
    await stack.sandbox.close();
    await stack.database.drop();
  });

  const keys = () =>
    new KeyRing((stack.env['SESSION_KEYS'] ?? '').split(',').map((key) => Buffer.from(key, 'base64')));

  /** Begins a sign-in and notes what must never be seen again. */
  const begin = async (browser: Browser, email = 'ada@acme.com', path?: string): Promise<string> => {
    const callback = await stack.callbackOf(browser, email, path);
    const query = new URL(callback).searchParams;
    const state = query.get('state') ?? '';
    const cookie = browser.cookie(stack.url, `login-${state.slice(0, 8)}`) ?? '';
    const sealed = await keys().unseal('sign-in', cookie);
    const { codeVerifier } = JSON.parse(sealed ?? '{}') as { codeVerifier: string };
    expect(codeVerifier).toMatch(/^[\w-]{43}$/);
    const mark = `of sign-in ${secrets.size}`;
    secrets.set(query.get('code') ?? '', `code ${mark}`);
    secrets.set(state, `state ${mark}`);
    secrets.set(cookie, `sign-in cookie ${mark}`);
    secrets.set(codeVerifier, `PKCE verifier ${mark}`);
    return callback;
  };
  const note = (browser: Browser) => {
    secrets.set(browser.cookie(stack.url, 'session') ?? '', 'session cookie');
  };
  const found = (text: string) =>
    [...secrets].filter(([secret]) => text.includes(secret)).map(([, name]) => name);

  it('stay out of logs, bodies and addresses, however a sign-in ends', async () => {
    const ada = new Browser();
    const callback = await begin(ada, 'ada@acme.com', '/auth/login?email=ada@acme.com&return_to=/reports');
    const landed = await ada.open(callback);
    expect(landed.url).toBe(`${stack.url}/reports`);
    note(ada);
    expect((await stack.api(ada, '/v1/me')).status).toBe(200);
    expect((await stack.api(ada, '/v1/sessions')).status).toBe(200);
    const ends = [landed.url];

    // A link to the setup portal is its holder's key to it: one is given, one is in an answer that is no success.
    const link = 'https://setup.workos.example/launch?secret=canary-of-a-portal-link';
    secrets.set('canary-of-a-portal-link', 'portal link');
    for (const status of [201, 422]) {
      const body = { link, message: link };
      await stack.control('/faults', { path: '/portal/generate_link', type: 'status', status, body });
      const headers = {
        cookie: ada.cookieHeader(stack.url),
        'content-type': 'application/json',
        'sec-fetch-site': 'same-origin',
      };
      const target = '/v1/organization/portal-link';
      const portal = await send(stack.url, target, { method: 'POST', headers, body: '{"intent":"sso"}' });
      expect(portal.status).toBe(status);
      expect(found(portal.text)).toEqual(status === 201 ? ['portal link'] : []);
    }

    // Used twice, by the same browser and by another.
    ends.push((await ada.open(callback)).url, (await new Browser().open(callback)).url);
    // Refused by WorkOS, whose answer repeats the code.
    const swapped = new URL(await begin(ada));
    swapped.searchParams.set('code', 'canary-of-a-code-that-is-refused');
    secrets.set('canary-of-a-code-that-is-refused', 'refused code');
    ends.push((await ada.open(swapped.href)).url);
    expect(ends.at(-1)).toContain('error=invalid_code');
    // WorkOS fails, and repeats what it was sent.
    const broken = new Browser();
    const lost = await begin(broken);
    const code = new URL(lost).searchParams.get('code');
    for (const path of ['/sso/token', '/user_management/authenticate']) {
      const body = { message: `The code ${code} cannot be redeemed.`, code };
      await stack.control('/faults', { path, type: 'status', status: 500, times: 2, body });
    }
    ends.push((await broken.open(lost)).url);
    expect(ends.at(-1)).toContain('error=upstream_unavailable');
    await stack.control('/faults', undefined, 'DELETE');
    // A guest, an error of the identity provider, a made-up cookie, a bearer, input that fails in the database.
    const guest = new Browser();
    ends.push(
      (
        await guest.open(
          await begin(guest, 'pat@partner.example', `/auth/login?organization=${ACME.organization}`),
        )
      ).url,
    );
    ends.push(
      (await ada.open(`${stack.url}/auth/callback?error=access_denied&error_description=canary-description`))
        .url,
    );
    secrets.set('canary-description', "the identity provider's words");
    secrets.set('canary-bearer', 'bearer');
    await stack.api(new Browser(), '/v1/me', {
      headers: { authorization: 'Bearer canary-bearer', cookie: 'session=canary-bearer' },
    });
    await stack.api(ada, '/v1/invoices/%00');
    await stack.api(ada, '/auth/logout', { method: 'POST' });
    // A webhook, one that is forged, and one whose payload cannot be read.
    const webhookSecret = stack.env['WORKOS_WEBHOOK_SECRET'] ?? '';
    secrets.set('canary-of-a-person', "a person's name");
    const person = { id: 'user_01', first_name: 'canary-of-a-person' };
    await deliver(stack.url, wireEvent('user.created', person), webhookSecret);
    await deliver(stack.url, wireEvent('user.created', person), 'canary-of-a-wrong-secret');
    await until('the payload was refused', () => service.output.includes('the payload is not of its kind'));

    for (const [name, value] of Object.entries({
      'API key': stack.sandbox.apiKey,
      'webhook secret': webhookSecret,
      'operator token': stack.env['OPERATOR_TOKEN'] ?? '',
      'session keys': stack.env['SESSION_KEYS'] ?? '',
      'password of the database': new URL(stack.database.url).password,
    }))
      secrets.set(value, name);
    const { refreshTokens, profileTokens } = stack.sandbox.state;
    for (const token of refreshTokens.keys()) secrets.set(token, 'refresh token');
    for (const token of profileTokens.keys()) secrets.set(token, 'access token of a profile');
    secrets.delete('');
    expect([...secrets.values()].join()).toContain(mode === 'authkit' ? 'refresh token' : 'access token');

    const log = service.output;
    expect(log).toContain('sign_in.succeeded');
    expect(log).toContain('"path":"/auth/callback"');
    expect(log).toContain('portal.link_created');
    expect(log).toContain('upstream_unavailable');
    expect(found(log)).toEqual([]);
    expect(log).not.toMatch(/eyJ[\w-]{8,}\./);
    expect(ends.filter((url) => found(decodeURIComponent(url)).length > 0)).toEqual([]);
    // The way to WorkOS is a 302, whose body repeats its Location: the state belongs there.
    const bodies = answers.flatMap(({ status, text }) => (status === 302 ? [] : [text])).join('\n');
    expect(bodies).toContain('ada@acme.com');
    expect(found(bodies)).toEqual([]);
    expect(bodies).not.toMatch(/eyJ[\w-]{8,}\./);
    // Whatever page a browser ends on, its address has no secret to give away in a Referer.
    const pages = answers.filter(({ status }) => status === 200).map(({ url }) => decodeURIComponent(url));
    expect(pages.filter((url) => found(url).length > 0)).toEqual([]);
  });

  it('ends with 0 on SIGTERM, having answered what was under way', async () => {
    const browser = new Browser();
    const callback = new URL(await begin(browser));
    const path = mode === 'sso' ? '/sso/token' : '/user_management/authenticate';
    await stack.control('/faults', { path, type: 'slow', milliseconds: 400 });
    const headers = { cookie: browser.cookieHeader(stack.url), accept: 'application/json' };
    const before = await stack.upstreamCalls(path);
    const ending = send(stack.url, callback.pathname + callback.search, { headers });
    while ((await stack.upstreamCalls(path)) === before);
    const exit = service.terminate();
    expect((await ending).status).toBe(303);
    expect(await exit).toBe(0);
    expect(found(service.output)).toEqual([]);
  });
});

describe('a configuration that is not usable', () => {
  it('ends the process with 1, names every variable, and repeats no value', async () => {
    const env = {
      NODE_ENV: 'production',
      WORKOS_API_KEY: 'sk_canary_value_of_a_key_changeme',
      WORKOS_CLIENT_ID: 'canary-client',
      WORKOS_API_URL: 'http://canary-upstream.example',
      SESSION_KEYS: 'canary-session-key',
      APP_URL: 'http://canary-app.example',
      PORT: '99999',
      DATABASE_URL: 'mysql://canary:canary-password@localhost/x',
    };
    const service = ServiceProcess.start(env);
    expect(await service.ended).toBe(1);
    for (const name of Object.keys(env).filter(
      (name) => name !== 'NODE_ENV' && name !== 'APP_URL' && name !== 'WORKOS_API_URL',
    ))
      expect(service.output).toContain(name);
    expect(service.output).not.toMatch(/canary|99999/);
  });

  it('also where the values are well-formed and unsafe', async () => {
    const env = {
      NODE_ENV: 'production',
      WORKOS_API_KEY: 'sk_sandbox_gatehouse_not_a_secret',
      WORKOS_CLIENT_ID: 'client_01HGATEH0VSESANDB0XAPP0001',
      WORKOS_API_URL: 'http://127.0.0.1:4000',
      APP_URL: 'http://canary-app.example',
    };
    const service = ServiceProcess.start(env);
    expect(await service.ended).toBe(1);
    for (const name of ['WORKOS_API_KEY', 'WORKOS_API_URL', 'APP_URL', 'SESSION_KEYS'])
      expect(service.output).toContain(name);
    expect(service.output).not.toMatch(/canary|not_a_secret|4000/);
  });
});
