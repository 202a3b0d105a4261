import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { clockOf } from '../src/common/clock.factory.js';
import { ProblemError } from '../src/common/problem-error.js';
import { Redis } from '../src/redis/redis.js';
import type { SessionStore } from '../src/sessions/session-store.port.js';
import { aSession } from '../src/sessions/session.factory.js';
import { RedisSessionStore } from '../src/sessions/stores/redis.session-store.js';
import { describeWithRedis, TestRedis } from './support/redis.js';
import { until } from './support/until.js';

const record = aSession(new Date());
const METHODS: readonly (readonly [string, (store: SessionStore) => Promise<unknown>])[] = [
  ['insert', (store) => store.insert(record, null, new Date())],
  ['findByTokenHash', (store) => store.findByTokenHash(record.tokenHash)],
  ['find', (store) => store.find(record.id)],
  ['listOfUser', (store) => store.listOfUser('user_ada', 10)],
  ['touch', (store) => store.touch(new Map([[record.id, new Date()]]))],
  ['delete', (store) => store.delete(record.id)],
  ['revoke', (store) => store.revoke({ kind: 'user', id: 'user_ada' }, new Date())],
  ['claim', (store) => store.claim(record.id, 1, new Date())],
  ['update', (store) => store.update(record.id, 1, { roles: [] })],
  ['release', (store) => store.release(record.id, 1)],
];

describeWithRedis('a session store whose Redis fails', () => {
  let server: TestRedis;
  let redis: Redis;
  let store: SessionStore;

  beforeEach(async () => {
    Logger.overrideLogger(false);
    server = await TestRedis.start();
    redis = new Redis(server.url);
    await redis.start();
    store = new RedisSessionStore(
      redis,
      clockOf(() => new Date()),
    );
    await store.insert(record, null, new Date());
  });
  afterEach(async () => {
    redis.close();
    await server.stop();
  });

  /** How a call ends, and after how many milliseconds. */
  async function outcome(call: (store: SessionStore) => Promise<unknown>): Promise<[unknown, number]> {
    const started = performance.now();
    const [ended] = await Promise.allSettled([call(store)]);
    const spent = performance.now() - started;
    if (ended.status === 'fulfilled') return ['answered', spent];
    return [ended.reason instanceof ProblemError ? ended.reason.code : ended.reason, spent];
  }

  /** How every method ends, and whether at once. The quickest of three counts: a busy machine holds up any of them. */
  async function allAtOnce(): Promise<unknown[]> {
    const ends: unknown[] = [];
    for (const [name, call] of METHODS) {
      const tries = [await outcome(call), await outcome(call), await outcome(call)];
      const codes = new Set(tries.map(([code]) => code));
      ends.push([name, ...codes, Math.min(...tries.map(([, spent]) => spent)) < 50]);
    }
    return ends;
  }
  const REFUSED_AT_ONCE = METHODS.map(([name]) => [name, 'store_unavailable', true]);

  const answers = () =>
    redis.ping().then(
      () => true,
      () => false,
    );

  it('says so at once, in every method, when it was killed, and works again when it is back', async () => {
    server.kill();
    await until('the loss is known', async () => !(await answers()));
    expect(await allAtOnce()).toEqual(REFUSED_AT_ONCE);
    await server.restart();
    await until('it is back', answers);
    expect(await store.find(record.id)).toBeNull();
    expect(await store.insert(record, null, new Date())).toBe(true);
    expect(await store.findByTokenHash(record.tokenHash)).toEqual(record);
  });

  it('says so of every call that it was killed under', async () => {
    server.pause();
    const calls = METHODS.map(async ([name, call]) => [name, (await outcome(call))[0]]);
    server.kill();
    expect(await Promise.all(calls)).toEqual(METHODS.map(([name]) => [name, 'store_unavailable']));
  });

  it('lets the first call wait a moment for a server that is silent, the next ones not at all', async () => {
    server.pause();
    const [first, waited] = await outcome((store) => store.findByTokenHash(record.tokenHash));
    expect([first, waited < 2000]).toEqual(['store_unavailable', true]);
    expect(await allAtOnce()).toEqual(REFUSED_AT_ONCE);
    server.resume();
    await until('it is back', answers);
    expect(await store.findByTokenHash(record.tokenHash)).toEqual(record);
  });

  it('says so of a server that refuses to write', async () => {
    await server.command('CONFIG', 'SET', 'maxmemory', '1');
    expect((await outcome((store) => store.insert(record, null, new Date())))[0]).toBe('store_unavailable');
  });

  it('keeps no node from starting, which works as soon as it is there', async () => {
    server.kill();
    const late = new Redis(server.url);
    await late.start();
    await expect(late.ping()).rejects.toMatchObject({ code: 'store_unavailable' });
    await server.restart();
    await until('it is there', () =>
      late.ping().then(
        () => true,
        () => false,
      ),
    );
    late.close();
  });

  it('knows its scripts again after a restart', async () => {
    await store.claim(record.id, 1, new Date(Date.now() + 1000));
    await server.command('SCRIPT', 'FLUSH');
    expect(await store.claim(record.id, 1, new Date(Date.now() + 1000))).toBe(false);
  });
});
