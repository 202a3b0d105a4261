import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { AppModule } from '../src/app.module.js';
import { Stack } from './support/stack.js';
import { deliver, signatureOf, wireEvent, type WireEvent } from './support/webhooks.js';
import { send, type WireRequest } from './support/wire.js';

const secret = () => `whsec_${randomBytes(24).toString('hex')}`;
const [OLD, NEW] = [secret(), secret()];

describe('POST /webhooks/workos', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await Stack.start('sso', { WORKOS_WEBHOOK_SECRET: `${OLD},${NEW}` });
  });
  afterAll(() => stack.stop());

  const event = (more: Partial<WireEvent> = {}) =>
    wireEvent('session.created', { id: 'session_1', note: 'as it came' }, more);
  const stored = (id: string) =>
    stack.query<{ data: { note: string } }>('select * from workos_events where id = $1', [id]);
  const post = (body: string | Buffer, headers: WireRequest['headers'] = {}, path = '/webhooks/workos') =>
    send(stack.url, path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'workos-signature': signatureOf(body, NEW), ...headers },
      body,
    });

  it('stores an event before it answers 204, with either secret and without a session', async () => {
    for (const each of [OLD, NEW]) {
      const given = event();
      const answer = await deliver(stack.url, given, each);
      expect(answer).toMatchObject({ status: 204, text: '' });
      expect(await stored(given.id)).toMatchObject([
        { event: 'session.created', source: 'webhook', data: { note: 'as it came' } },
      ]);
    }
  });

  it('answers 204 to an id that it knows, and changes nothing', async () => {
    const given = event();
    await deliver(stack.url, given, NEW);
    const again = { ...given, data: { ...given.data, note: 'changed' } };
    const answers = await Promise.all(Array.from({ length: 5 }, () => deliver(stack.url, again, NEW)));
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204, 204, 204]);
    expect((await stored(given.id)).map(({ data }) => data.note)).toEqual(['as it came']);
  });

  it('answers 400 to what none of its secrets signed, and stores nothing', async () => {
    const given = event();
    const answer = await deliver(stack.url, given, secret());
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_signature' } });
    const changed = JSON.stringify({ ...given, event: 'user.deleted' });
    const headers = { 'workos-signature': signatureOf(JSON.stringify(given), NEW) };
    expect(await post(changed, headers)).toMatchObject({ status: 400, body: { code: 'invalid_signature' } });
    expect(await stored(given.id)).toEqual([]);
  });

  it.each([
    ['no signature', undefined],
    ['two signatures', 2],
  ])('answers 400 to %s', async (_name, count) => {
    const body = JSON.stringify(event());
    const signature = signatureOf(body, NEW);
    const headers: Record<string, string | string[]> = { 'content-type': 'application/json' };
    if (count) headers['workos-signature'] = [signature, signature];
    const answer = await send(stack.url, '/webhooks/workos', { method: 'POST', headers, body });
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_signature' } });
  });

  it.each([-200_000, 200_000])('answers 400 stale_timestamp to a time %d ms away', async (away) => {
    const body = JSON.stringify(event());
    const headers = { 'workos-signature': signatureOf(body, NEW, Date.now() + away) };
    expect(await post(body, headers)).toMatchObject({ status: 400, body: { code: 'stale_timestamp' } });
  });

  it('reads nothing of a body before its signature holds', async () => {
    const unsigned = { 'workos-signature': `t=${Date.now()}, v1=${'0'.repeat(64)}` };
    expect(await post('{', unsigned)).toMatchObject({ status: 400, body: { code: 'invalid_signature' } });
    expect(await post('{')).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
  });

  it.each<[string, Partial<WireEvent> | unknown[]]>([
    ['a list', []],
    ['an id of another kind', { id: 'user_01' }],
    ['an id with more in it', { id: "event_01'; --" }],
    ['a name that is none', { event: 'constructor' }],
    ['no payload', { data: 'text' as never }],
    ['no time', { created_at: 'yesterday' }],
  ])('answers 400 to a signed body that is no event: %s', async (_name, more) => {
    const body = JSON.stringify(Array.isArray(more) ? more : event(more));
    expect(await post(body)).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
  });

  it('keeps what an identity provider may put into a name, whatever it is', async () => {
    const given = event({ data: { note: 'a\0b \ud800 \\u0000 \u{1F600}', '\0': { __proto__: null } } });
    expect((await deliver(stack.url, given, NEW)).status).toBe(204);
    expect((await stored(given.id))[0]?.data.note).toBe('a\ufffdb \ufffd \\u0000 \u{1F600}');
  });

  it('takes a body of up to 1 MiB, and only here', async () => {
    const large = JSON.stringify(event({ data: { note: 'x'.repeat(1024 * 1024 - 400) } }));
    expect((await post(large)).status).toBe(204);
    const larger = JSON.stringify(event({ data: { note: 'x'.repeat(1024 * 1024) } }));
    expect(await post(larger)).toMatchObject({ status: 413, body: { code: 'payload_too_large' } });
    expect(await post(large, {}, '/v1/session/organization')).toMatchObject({ status: 413 });
  });

  it('takes JSON as it is: no other type, and nothing packed', async () => {
    const body = JSON.stringify(event());
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'])
      expect(await post(body, { 'content-type': type })).toMatchObject({ status: 415 });
    const packed = gzipSync(body);
    expect(await post(packed, { 'content-encoding': 'gzip' })).toMatchObject({ status: 415 });
  });

  it('asks no cross-site question, whatever a browser would say', async () => {
    const body = JSON.stringify(event());
    const headers = { 'sec-fetch-site': 'cross-site', origin: 'https://elsewhere.example' };
    expect((await post(body, headers)).status).toBe(204);
  });

  it('is reached by its address alone', async () => {
    const body = JSON.stringify(event());
    for (const path of [
      '/webhooks/work%6Fs',
      '//webhooks/workos',
      '/webhooks/workos;x',
      '/webhooks/workos/x',
    ])
      expect((await post(body, {}, path)).status).toBe(404);
    expect((await send(stack.url, '/webhooks/workos')).status).toBe(404);
  });
});

describe('a service without a webhook secret', () => {
  it('answers 503, so that WorkOS keeps what it has to tell', async () => {
    const stack = await Stack.start('sso');
    try {
      const answer = await deliver(stack.url, wireEvent('user.deleted', { id: 'user_1' }), secret());
      expect(answer).toMatchObject({ status: 503, body: { code: 'webhooks_not_configured' } });
    } finally {
      await stack.stop();
    }
  });
});

describe('an application that parses bodies itself', () => {
  it('does not start with the webhook route: a signature is over bytes', async () => {
    const stack = await Stack.start('sso');
    try {
      const app = await NestFactory.create(await AppModule.forRoot({ ...stack.env, PORT: '0' }), {
        logger: false,
        abortOnError: false,
      });
      await expect(app.init()).rejects.toThrow('raw body');
      await app.close();
    } finally {
      await stack.stop();
    }
  });
});
