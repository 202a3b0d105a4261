import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sdk } from '../application.factory.js';
import { ScriptedBrowser } from '../scripted-browser.js';
import { startSandbox, type RunningSandbox } from '../server.js';
import { SANDBOX_WEBHOOK_SECRET, type Delivery } from './webhooks.js';

interface Received {
  body: string;
  signature: string;
}

let server: Server;
let sandbox: RunningSandbox;
let received: Received[];
/** The statuses of the next answers; 200 when there are none. */
let answers: number[];

beforeAll(async () => {
  server = createServer((request, response) => {
    void receive(request).then(() =>
      response.writeHead(answers.shift() ?? 200, { location: '/elsewhere' }).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  sandbox = await startSandbox({ appUrl: 'http://localhost:3999', webhooks: [{ url }] });
});
beforeEach(async () => {
  received = [];
  answers = [];
  await control('/reset');
});
afterAll(async () => {
  await sandbox.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function receive(request: IncomingMessage): Promise<void> {
  received.push({ body: await text(request), signature: String(request.headers['workos-signature']) });
}

async function control(path: string, body: unknown = {}, method = 'POST'): Promise<Record<string, unknown>> {
  const response = await fetch(`${sandbox.url}/_sandbox${path}`, {
    method,
    ...(method === 'POST' && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });
  return (await response.json()) as Record<string, unknown>;
}

const record = (...names: string[]): void => {
  for (const name of names) sandbox.state.record(name, { id: name }, null);
};
const names = (): string =>
  received.map(({ body }) => (JSON.parse(body) as { event: string }).event).join(' ');
const outcomes = async (): Promise<string[]> => {
  const { data } = (await control('/webhooks/flush')) as unknown as { data: Delivery[] };
  return data.map(({ outcome, attempts }) => `${outcome} ${attempts.join(' ')}`.trim());
};

describe('a webhook', () => {
  it('carries the event as the Events API has it, signed so that the SDK believes it', async () => {
    record('user.created');
    expect(await outcomes()).toEqual(['delivered 200']);
    const [{ body, signature } = { body: '', signature: '' }] = received;
    const workos = sdk(sandbox);
    const { data } = await workos.events.listEvents({ events: ['user.created'] });
    expect(JSON.parse(body)).toMatchObject({ id: data[0]?.id, event: 'user.created', object: 'event' });
    const verify = (secret: string): Promise<unknown> =>
      workos.webhooks.constructEvent({ payload: body, sigHeader: signature, secret });
    await expect(verify(SANDBOX_WEBHOOK_SECRET)).resolves.toMatchObject({ event: 'user.created' });
    await expect(verify('whsec_wrong')).rejects.toThrow('Signature hash');
    expect(signature).toMatch(/^t=\d{13}, v1=[0-9a-f]{64}$/);
  });

  it('comes in the order of the events', async () => {
    record('a', 'b', 'c', 'd');
    await sandbox.webhooks.flush();
    expect(names()).toBe('a b c d');
  });

  it('is sent again after an answer that is no success, and holds up no other', async () => {
    await control('/webhooks', { retry: 5 });
    answers = [500, 302];
    record('a', 'b', 'c');
    expect(await outcomes()).toEqual(['delivered 500 200', 'delivered 302 200', 'delivered 200']);
    expect(received).toHaveLength(5);
  });

  it('is given up after six attempts', async () => {
    await control('/webhooks', { retry: 1 });
    answers = Array.from({ length: 6 }, () => 503);
    record('a');
    expect(await outcomes()).toEqual(['failed 503 503 503 503 503 503']);
  });

  it('that nobody answers fails quietly', async () => {
    await control('/webhooks', { retry: 1 });
    const { id } = await control('/webhooks/endpoints', { url: 'http://127.0.0.1:1/', events: ['b'] });
    record('a', 'b');
    expect(await outcomes()).toContain(`failed ${Array(6).fill('no answer').join(' ')}`);
    await control(`/webhooks/endpoints/${String(id)}`, undefined, 'DELETE');
    expect(sandbox.webhooks.endpoints).toHaveLength(1);
  });

  it('goes to endpoints registered later too, for the events that they want, with their own secret', async () => {
    const { url } = sandbox.webhooks.endpoints[0] ?? { url: '' };
    const endpoint = await control('/webhooks/endpoints', { url, secret: 'whsec_other', events: ['b'] });
    expect(endpoint).toMatchObject({ secret: 'whsec_...' });
    record('a', 'b');
    await sandbox.webhooks.flush();
    expect(received).toHaveLength(3);
    const signatures = received.filter(({ body }) => body.includes('"b"')).map(({ signature }) => signature);
    expect(new Set(signatures.map((signature) => signature.split('v1=')[1])).size).toBe(2);
  });
});

describe('the switches of the webhooks', () => {
  it('repeat every delivery', async () => {
    await control('/webhooks', { duplicate: 2 });
    record('a', 'b');
    await sandbox.webhooks.flush();
    expect(names()).toBe('a a a b b b');
  });

  it('put a few into another order', async () => {
    await control('/webhooks', { shuffle: true });
    record('a', 'b', 'c', 'd', 'e', 'f', 'g');
    await sandbox.webhooks.flush();
    expect(names()).toBe('e d c b a g f');
  });

  it('lose the next ones', async () => {
    await control('/webhooks', { lose: 2 });
    record('a', 'b', 'c');
    expect(await outcomes()).toEqual(['lost', 'lost', 'delivered 200']);
    expect(names()).toBe('c');
  });

  it('lose a share', async () => {
    await control('/webhooks', { lose: 0.5 });
    record('a', 'b', 'c', 'd');
    await sandbox.webhooks.flush();
    expect(names()).toBe('a c');
  });

  it('delay', async () => {
    await control('/webhooks', { delay: 40 });
    record('a');
    const started = performance.now();
    await sandbox.webhooks.flush();
    expect([names(), performance.now() - started > 30]).toEqual(['a', true]);
  });

  it('turn everything off, while the events are recorded, and one can be sent by hand', async () => {
    await control('/webhooks', { off: true });
    record('a');
    expect(await outcomes()).toEqual([]);
    const [event] = sandbox.state.events;
    await control(`/webhooks/resend/${event?.id}`);
    expect(names()).toBe('a');
  });

  it('are buttons on the page of the controls, which shows what was delivered', async () => {
    const browser = new ScriptedBrowser(sandbox.url);
    record('a');
    await sandbox.webhooks.flush();
    const page = await browser.open('/_sandbox');
    expect(page.text).toMatch(/a<br \/><code>event_[\s\S]*delivered 200/);
    await browser.submit(page, { duplicate: '1' }, 'name="duplicate"');
    expect(sandbox.webhooks.switches).toMatchObject({ duplicate: 1, off: false });
  });

  it('are back where they were after a reset', async () => {
    await control('/webhooks', { off: true, duplicate: 3 });
    await control('/reset');
    record('a');
    await sandbox.webhooks.flush();
    expect(names()).toBe('a');
  });
});
