import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Browser } from './support/browser.js';
import { describeWithRedis, TestRedis } from './support/redis.js';
import { Stack } from './support/stack.js';
import { until } from './support/until.js';

describeWithRedis('a service whose sessions are in Redis', () => {
  let redis: TestRedis;
  let stack: Stack;
  let second: Stack;
  beforeAll(async () => {
    redis = await TestRedis.start();
    stack = await Stack.start('authkit', { REDIS_URL: redis.url });
    second = await stack.addNode();
  });
  afterAll(async () => {
    await second.stop();
    await stack.stop();
    await redis.stop();
  });

  const statusOn = async (node: Stack, browser: Browser) => (await node.api(browser, '/v1/me')).status;

  it('signs in, lists, ends one, ends the others, and signs out, on both nodes, with nothing of it in the database', async () => {
    const [laptop, phone, tablet] = await Promise.all(['', '', ''].map(() => stack.signedIn('ada@acme.com')));
    if (!laptop || !phone || !tablet) throw new Error('three sign-ins');
    for (const browser of [laptop, phone, tablet]) expect(await statusOn(second, browser)).toBe(200);
    expect(await stack.query('select 1 from sessions')).toEqual([]);
    const { body } = await second.api(phone, '/v1/sessions');
    const { data } = body as unknown as { data: { id: string; current: boolean }[] };
    expect(data).toHaveLength(3);
    const current = data.find((session) => session.current)?.id ?? '';
    expect((await stack.api(laptop, `/v1/sessions/${current}`, { method: 'DELETE' })).status).toBe(204);
    await until(
      'the phone is out on both nodes',
      async () => (await statusOn(second, phone)) === 401 && (await statusOn(stack, phone)) === 401,
    );
    expect((await second.api(laptop, '/v1/sessions', { method: 'DELETE' })).status).toBe(204);
    await until(
      'the tablet is out on both nodes',
      async () => (await statusOn(stack, tablet)) === 401 && (await statusOn(second, tablet)) === 401,
    );
    expect(await statusOn(second, laptop)).toBe(200);
    expect((await stack.api(laptop, '/auth/logout', { method: 'POST' })).status).toBe(200);
    await until('the laptop is out', async () => (await statusOn(second, laptop)) === 401);
  });

  it('says 503 while Redis answers nothing, keeps the cookie, and goes on when it does again', async () => {
    const ada = await stack.signedIn('ada@acme.com');
    expect(await statusOn(stack, ada)).toBe(200);
    redis.pause();
    await until('memory is no longer believed', async () => {
      const { status, headers, body } = await stack.api(ada, '/v1/me');
      expect([200, 503]).toContain(status);
      expect(headers.getSetCookie()).toEqual([]);
      if (status === 503) {
        expect(body?.code).toBe('store_unavailable');
        expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      }
      return status === 503;
    });
    expect((await stack.api(new Browser(), '/health/ready')).status).toBe(503);
    redis.resume();
    await until('it goes on', async () => (await statusOn(stack, ada)) === 200);
  });

  it('lets no sign-in through half-way when Redis is killed, and works again once it is back', async () => {
    const browser = new Browser();
    const own = await stack.callbackOf(browser, 'ada@acme.com');
    redis.kill();
    const refused = await browser.open(own, { headers: { accept: 'application/json' } });
    expect([refused.status, browser.cookie(stack.url, 'session')]).toEqual([503, undefined]);
    await redis.restart();
    for (const node of [stack, second])
      await until('it is ready', async () => (await node.api(new Browser(), '/health/ready')).status === 200);
    expect(await statusOn(second, await stack.signedIn('ada@acme.com'))).toBe(200);
  });
});
