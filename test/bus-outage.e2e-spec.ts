import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { InvalidationBus } from '../src/bus/invalidation-bus.port.js';
import { Database } from '../src/database/database.js';
import { RevocationOutbox } from '../src/sessions/revocation-outbox.js';
import { memberOf } from '../src/sessions/session-record.js';
import type { Browser } from './support/browser.js';
import { describeWithRedis, TestRedis } from './support/redis.js';
import { GLOBEX, Stack } from './support/stack.js';
import { until } from './support/until.js';

/** Milliseconds for which the nodes do not hear each other, and within which a session must be dead everywhere. */
const CUT = 10_000;
const LATEST = 5000;
/** Between two questions of somebody who does not let go: the nodes are in this process and need its one core. */
const BREATH = 25;

describeWithRedis('three nodes that cannot hear each other, over a Redis that serves their sessions', () => {
  let redis: TestRedis;
  let stack: Stack;
  let nodes: Stack[];
  beforeAll(async () => {
    redis = await TestRedis.start();
    stack = await Stack.start('sso', { REDIS_URL: redis.url });
    nodes = [stack, await stack.addNode(), await stack.addNode()];
  });
  afterAll(async () => {
    for (const node of nodes.toReversed()) await node.stop();
    await redis.stop();
  });

  const statuses = (browser: Browser) =>
    Promise.all(nodes.map(async (node) => (await node.api(browser, '/v1/me')).status));
  const buses = () => nodes.map((node) => node.app.get(InvalidationBus, { strict: false }).isUp());

  /** Milliseconds until every node has refused the session, asked by somebody who does not let go. */
  async function refusedAfter(browser: Browser): Promise<number> {
    const started = performance.now();
    await until('every node refuses it', async () => {
      await pause(BREATH);
      return (await statuses(browser)).every((one) => one === 401);
    });
    return performance.now() - started;
  }

  it('refuse within five seconds what is ended meanwhile, sign nobody else out, and hear again afterwards', async () => {
    const [ended, others, late, stays] = await Promise.all(
      Array.from({ length: 4 }, async () => stack.signedIn('ada@acme.com')),
    );
    const grace = await stack.signedIn('grace@globex.com');
    if (!ended || !others || !late || !stays) throw new Error('four sign-ins');
    for (const browser of [ended, others, late, stays, grace])
      expect(await statuses(browser)).toEqual([200, 200, 200]);

    // Who may use no channel is thrown off, and may neither listen nor speak. Keys remain.
    await redis.command('ACL', 'SETUSER', 'default', 'resetchannels');
    await until('no node hears', () => buses().every((isUp) => !isUp));
    let cut = true;
    const seen = new Set<number>();
    const staying = async () => {
      while (cut) {
        for (const status of await statuses(stays)) seen.add(status);
        await pause(BREATH);
      }
    };
    const oneIsEnded = async () => {
      expect((await stack.api(ended, '/auth/logout', { method: 'POST' })).status).toBe(200);
      expect(await refusedAfter(ended)).toBeLessThan(LATEST);
    };
    const memberIsGone = async () => {
      const { body } = await stack.api(grace, '/v1/me');
      const { id } = (body as unknown as { user: { id: string } }).user;
      // The node that asks for it dies before it can see to it.
      await stack.app
        .get(Database, { strict: false })
        .transaction()
        .execute((trx) =>
          stack.app
            .get(RevocationOutbox, { strict: false })
            .request(trx, [memberOf(GLOBEX.organization, id)], 'membership_ended', new Date()),
        );
      expect(await refusedAfter(grace)).toBeLessThan(LATEST);
    };
    const oneIsEndedLate = async () => {
      await pause(CUT - LATEST);
      const { body } = await nodes[1]!.api(late, '/v1/me');
      const { id } = (body as unknown as { session: { id: string } }).session;
      expect((await nodes[1]!.api(late, `/v1/sessions/${id}`, { method: 'DELETE' })).status).toBe(204);
      expect(await refusedAfter(late)).toBeLessThan(LATEST);
    };
    const work = Promise.all([pause(CUT), oneIsEnded(), memberIsGone(), oneIsEndedLate()]);
    const loads = staying();
    await work.finally(() => (cut = false));
    await loads;
    expect(buses()).toEqual([false, false, false]);
    expect(seen).toEqual(new Set([200]));

    await redis.command('ACL', 'SETUSER', 'default', 'allchannels');
    await until('all nodes hear again', () => buses().every(Boolean));
    expect(await statuses(stays)).toEqual([200, 200, 200]);
    expect((await stack.api(stays, '/v1/sessions', { method: 'DELETE' })).status).toBe(204);
    expect(await refusedAfter(others)).toBeLessThan(1000);
  });
});
