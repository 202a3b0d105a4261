import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { GraphQLModule } from '@nestjs/graphql';
import { WebSocket } from 'ws';
import type { Browser } from './support/browser.js';
import { DocumentsController, InvoicesResolver, Ledger, SignaturesController } from './support/documents.js';
import { extend, type Extended } from './support/extended.js';
import { Stack } from './support/stack.js';

interface Answer {
  readonly data: Record<string, unknown> | null;
  readonly errors?: readonly { message: string; extensions: Record<string, unknown> }[];
}

let stack: Stack;
let node: Extended;
let ada: Browser;
let alan: Browser;
beforeAll(async () => {
  stack = await Stack.start('authkit');
  [ada, alan] = await Promise.all([stack.signedIn('ada@acme.com'), stack.signedIn('alan@acme.com')]);
  node = await extend(stack, {
    imports: [
      GraphQLModule.forRoot<ApolloDriverConfig>({
        driver: ApolloDriver,
        autoSchemaFile: true,
        subscriptions: { 'graphql-ws': true },
      }),
    ],
    controllers: [DocumentsController, SignaturesController],
    providers: [InvoicesResolver, Ledger],
  });
});
afterAll(async () => {
  await node.app.close();
  await stack.stop();
});

async function http(path: string, init: RequestInit & { headers?: Record<string, string> } = {}) {
  const response = await fetch(node.url + path, { redirect: 'manual', ...init });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const cookieOf = (browser: Browser | null) => browser?.cookieHeader(stack.url) ?? '';

async function ask(
  browser: Browser | null,
  query: string,
  headers: Record<string, string> = { origin: stack.url },
): Promise<Answer> {
  const { body } = await http('/graphql', {
    method: 'POST',
    body: JSON.stringify({ query }),
    headers: { 'content-type': 'application/json', cookie: cookieOf(browser), ...headers },
  });
  return body as unknown as Answer;
}

const codeOf = (answer: Answer) => answer.errors?.[0]?.extensions['code'];

describe('a resolver', () => {
  it('knows who asks, in its parameters and in services', async () => {
    expect(await ask(ada, '{ signature visitor }')).toEqual({
      data: { signature: 'Acme: ada@acme.com', visitor: 'ada@acme.com' },
    });
    expect(await ask(null, '{ greeting visitor }')).toEqual({ data: { greeting: 'hello', visitor: null } });
  });

  it('is refused to whoever is not signed in, with the problem and no trace of the code', async () => {
    const answer = await ask(null, '{ signature }');
    expect(answer.errors?.[0]).toMatchObject({
      message: 'Sign in first',
      extensions: { code: 'unauthenticated', status: 401, signInUrl: `${stack.url}/auth/login` },
    });
    expect(JSON.stringify(answer)).not.toMatch(/\.[jt]s\b|node_modules/);
  });

  it('answers the fields that are allowed beside one that is not', async () => {
    const answer = await ask(null, '{ greeting visitor greeting2: greeting }');
    expect(answer.errors).toBeUndefined();
    expect(codeOf(await ask(alan, 'mutation { create(number: "A-1") }'))).toBe('missing_permission');
    expect(await ask(ada, 'mutation { create(number: "A-1") }')).toEqual({
      data: { create: 'ada@acme.com A-1' },
    });
  });

  it('keeps what failed to itself', async () => {
    const answer = await ask(ada, '{ fault }');
    expect(codeOf(answer)).toBe('internal_error');
    expect(JSON.stringify(answer)).not.toMatch(/internals|\.[jt]s\b/);
  });

  it('shows a tenant its own, by the argument that names it', async () => {
    const own = `{ tenant(organizationId: "org_01HGATEH0VSEACME0000000001") }`;
    expect(await ask(ada, own)).toEqual({ data: { tenant: 'Acme' } });
    const other = `{ tenant(organizationId: "org_01HGATEH0VSEG10BEX00000001") }`;
    expect(codeOf(await ask(ada, other))).toBe('not_found');
  });

  it("is not for another site's page", async () => {
    const headers = { origin: 'https://evil.example' };
    expect(codeOf(await ask(ada, '{ signature }', headers))).toBe('cross_origin');
  });

  it('takes one credential and not two', async () => {
    const headers = { authorization: 'Bearer sk_sandbox_acme_reporting_not_a_secret', origin: stack.url };
    expect(await ask(null, '{ signature }', headers)).toEqual({
      data: { signature: 'Acme: Acme reporting' },
    });
    expect(codeOf(await ask(ada, '{ signature }', headers))).toBe('several_credentials');
  });
});

describe('a subscription', () => {
  /** What comes back until the line closes, or something is said that is not a beginning. */
  function subscribe(headers: Record<string, string>, params: Record<string, unknown> = {}) {
    const url = `${node.url.replace('http', 'ws')}/graphql`;
    const socket = new WebSocket(url, 'graphql-transport-ws', { headers });
    const heard: { type: string; payload?: unknown }[] = [];
    socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload: params })));
    const first = new Promise<string>((resolve) => {
      socket.on('message', (data: Buffer) => {
        const message = JSON.parse(data.toString()) as { type: string; payload?: unknown };
        heard.push(message);
        if (message.type === 'connection_ack')
          socket.send(
            JSON.stringify({ id: '1', type: 'subscribe', payload: { query: 'subscription { ticks }' } }),
          );
        else resolve(JSON.stringify(message));
      });
    });
    const ended = new Promise<number>((resolve) => socket.once('close', resolve));
    return { first, ended, close: () => socket.terminate() };
  }

  it('is for whoever is signed in, from a page of ours', async () => {
    const lines = [
      subscribe({ cookie: cookieOf(ada), origin: stack.url }),
      subscribe({ cookie: cookieOf(ada), origin: 'https://evil.example' }),
      subscribe({ origin: stack.url }),
      subscribe({}, { Authorization: 'Bearer sk_sandbox_acme_reporting_not_a_secret' }),
    ];
    const [own, foreign, nobody, key] = await Promise.all(lines.map(({ first }) => first));
    expect(own).toContain('ada@acme.com 0');
    expect(foreign).toContain('cross_origin');
    expect(nobody).toContain('unauthenticated');
    expect(key).toContain('principal_not_accepted');
    for (const { close } of lines) close();
  });

  it('ends with the session', async () => {
    const browser = await stack.signedIn('alan@acme.com');
    const line = subscribe({ cookie: cookieOf(browser), origin: stack.url });
    expect(await line.first).toContain('alan@acme.com 0');
    await stack.api(browser, '/auth/logout', { method: 'POST' });
    expect(await line.ended).toBe(4401);
  });
});

describe('a service without decorators', () => {
  it('works for whoever calls, and a job within for whom it is done, with many at once', async () => {
    const calls = Array.from({ length: 40 }, async (_, index) => {
      const browser = index % 2 === 0 ? ada : alan;
      const { body } = await http('/signatures', { headers: { cookie: cookieOf(browser) } });
      return body;
    });
    const expected = ['ada@acme.com', 'alan@acme.com'].map((own) => ({ job: 'nightly', own }));
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 40 }, (_, index) => expected[index % 2]));
  });

  it('works for nobody on a public route, whatever credential came', async () => {
    const { body } = await http('/signatures/of-nobody', { headers: { cookie: cookieOf(ada) } });
    expect(body).toEqual({ name: null });
  });
});

describe('a single resource', () => {
  const edit = (browser: Browser, projectId: string, headers: Record<string, string> = {}) =>
    http(`/documents/${projectId}`, {
      method: 'PUT',
      headers: { cookie: cookieOf(browser), origin: stack.url, ...headers },
    });
  const grantTo = async (email: string) => {
    const [row] = await stack.query<{ id: string }>('select id from users where email = $1', [email]);
    const response = await fetch(
      `${stack.sandbox.url}/user_management/organization_memberships?user_id=${row?.id}`,
      { headers: { authorization: `Bearer ${stack.sandbox.apiKey}` } },
    );
    const { data } = (await response.json()) as { data: { id: string }[] };
    return data[0]?.id ?? '';
  };

  it('is for whom WorkOS says, by path and by argument', async () => {
    expect(await edit(ada, 'billing')).toEqual({ status: 200, body: { edited: 'billing' } });
    expect(await edit(alan, 'billing')).toMatchObject({ status: 403, body: { code: 'missing_permission' } });
    expect(await edit(ada, 'unknown')).toMatchObject({ status: 403, body: { code: 'missing_permission' } });
    expect(await ask(ada, '{ project(project: "billing") }')).toEqual({ data: { project: 'billing' } });
    expect(codeOf(await ask(alan, '{ project(project: "billing") }'))).toBe('missing_permission');
  });

  it('is asked for once in ten seconds', async () => {
    const path = `/authorization/organization_memberships/${await grantTo('ada@acme.com')}/check`;
    await Promise.all(Array.from({ length: 10 }, () => edit(ada, 'billing')));
    expect(await stack.upstreamCalls(path)).toBeLessThanOrEqual(2);
  });

  it('is nothing for an API key', async () => {
    const { status } = await http('/documents/billing', {
      method: 'PUT',
      headers: { authorization: 'Bearer sk_sandbox_acme_reporting_not_a_secret' },
    });
    expect(status).toBe(403);
  });
});
