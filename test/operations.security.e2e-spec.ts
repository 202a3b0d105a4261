import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { Browser } from './support/browser.js';
import { Stack } from './support/stack.js';
import { until } from './support/until.js';
import { deliver, wireEvent } from './support/webhooks.js';

const TOKEN = randomBytes(32).toString('base64');
const SECRET = randomBytes(32).toString('hex');

describe("the operators' routes", () => {
  let stack: Stack;
  const poison = wireEvent('user.created', { id: 'user_1', email: 'ada@acme.com' });
  beforeAll(async () => {
    stack = await Stack.start('sso', { OPERATOR_TOKEN: TOKEN, WORKOS_WEBHOOK_SECRET: SECRET });
    await deliver(stack.url, poison, SECRET);
    await until('it failed once', async () => {
      const [event] = await stack.query('select 1 from workos_events where attempts >= 1');
      return event !== undefined;
    });
    await stack.query(`update workos_events set state = 'dead', attempts = 6`);
  });
  afterAll(() => stack.stop());

  const call = (path: string, authorization?: string, method = 'GET', browser = new Browser()) =>
    stack.api(browser, path, { method, headers: authorization === undefined ? {} : { authorization } });
  const LIST = '/operations/events/dead';
  const REPLAY = `${LIST}/${poison.id}/replay`;

  it.each([
    ['nothing', undefined],
    ['an empty token', 'Bearer '],
    ['another token', `Bearer ${randomBytes(32).toString('base64')}`],
    ['half the token', `Bearer ${TOKEN.slice(0, 20)}`],
    ['the token and more', `Bearer ${TOKEN}x`],
    ['the token twice', `Bearer ${TOKEN} ${TOKEN}`],
    ['another scheme', `Basic ${TOKEN}`],
    ['the token alone', TOKEN],
  ])('refuse %s with 401, and leave a record', async (_name, authorization) => {
    for (const [path, method] of [
      [LIST, 'GET'],
      [REPLAY, 'POST'],
    ] as const) {
      const answer = await call(path, authorization, method);
      expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    }
    const [{ count } = { count: '0' }] = await stack.query<{ count: string }>(
      `select count(*) from audit_events where action = 'operator.refused' and outcome = 'failure'`,
    );
    expect(Number(count)).toBeGreaterThanOrEqual(1);
  });

  it("are not for an organization's administrator", async () => {
    const admin = await stack.signedIn('ada@acme.com');
    expect((await call(LIST, undefined, 'GET', admin)).status).toBe(401);
    expect((await call(REPLAY, undefined, 'POST', admin)).status).toBe(401);
  });

  it('list what was given up on, without a word about people', async () => {
    const answer = await call(LIST, `Bearer ${TOKEN}`);
    expect(answer).toMatchObject({
      status: 200,
      body: {
        data: [{ id: poison.id, event: 'user.created', failures: [{ handler: null, attempts: 6 }] }],
        nextCursor: null,
      },
    });
    expect(JSON.stringify(answer.body)).not.toContain('ada@acme.com');
    for (const query of ['?limit=0', '?limit=1&limit=2', '?cursor=a&cursor=b', '?all=1'])
      expect((await call(LIST + query, `Bearer ${TOKEN}`)).status).toBe(400);
  });

  it('go on behind whichever event was last, and refuse a cursor that is none of theirs', async () => {
    const ids = ['account_2026-02-01T00:00:00.000Z_role.updated_role  admin', 'event_0'];
    for (const id of ids)
      await stack.query(
        `insert into workos_events (id, event, object_key, created_at, received_at, source, data, state, due_at)
          values ($1, 'user.created', '', now(), now(), 'webhook', '{}', 'dead', now())`,
        [id],
      );
    const listed: string[] = [];
    let cursor = '';
    do {
      const { body } = await call(`${LIST}?limit=1${cursor}`, `Bearer ${TOKEN}`);
      const page = body as unknown as { data: { id: string }[]; nextCursor: string | null };
      listed.push(...page.data.map(({ id }) => id));
      cursor = page.nextCursor === null ? '' : `&cursor=${page.nextCursor}`;
    } while (cursor !== '');
    expect(new Set(listed)).toEqual(new Set([poison.id, ...ids]));
    await stack.query('delete from workos_events where id = any($1)', [ids]);
    const none = ['aaa', '%00', 'AAAA', '', Buffer.from('event_\0').toString('base64url')];
    for (const given of none)
      expect((await call(`${LIST}?cursor=${given}`, `Bearer ${TOKEN}`)).status).toBe(400);
  });

  it('let an event go again, and say who did it', async () => {
    expect((await call(`${LIST}/event_0/replay`, `Bearer ${TOKEN}`, 'POST')).status).toBe(404);
    expect((await call(REPLAY, `Bearer ${TOKEN}`, 'POST')).status).toBe(204);
    await until('it was tried again', async () => {
      const [event] = await stack.query(
        `select 1 from workos_events where state = 'pending' and attempts >= 1`,
      );
      return event !== undefined;
    });
    expect((await call(REPLAY, `Bearer ${TOKEN}`, 'POST')).status).toBe(404);
    expect(await stack.query(`select details from audit_events where action = 'event.replayed'`)).toEqual([
      { details: { event: poison.id, replayed: 1 } },
    ]);
  });

  it('do not exist where no token is set', async () => {
    const node = await stack.addNode({ OPERATOR_TOKEN: '' });
    try {
      const answer = await node.api(new Browser(), LIST, { headers: { authorization: `Bearer ${TOKEN}` } });
      expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
    } finally {
      await node.stop();
    }
  });
});
