import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import type { RedisClient } from '../src/redis/redis.client.js';
import { Redis } from '../src/redis/redis.js';
import { clockOf } from '../src/common/clock.factory.js';
import { SystemRandom } from '../src/common/random.js';
import type { SessionRecord, Subject } from '../src/sessions/session-record.js';
import { sessionStoreConformance } from '../src/sessions/session-store.conformance.js';
import { aSession } from '../src/sessions/session.factory.js';
import { RedisSessionStore } from '../src/sessions/stores/redis.session-store.js';
import { describeWithRedis, TestRedis } from './support/redis.js';
import { until } from './support/until.js';

const systemClock = clockOf(() => new Date());
const random = new SystemRandom();
const hash = () => randomBytes(32).toString('base64url');
const ACME: Subject = { kind: 'organization', id: 'org_acme' };

function session(changes: Partial<SessionRecord> = {}): SessionRecord {
  const now = new Date();
  return aSession(now, { id: random.id('session', now), tokenHash: hash(), ...changes });
}

/** Stops a store between two of its steps. */
class GatedRedis extends Redis {
  private left = Number.POSITIVE_INFINITY;
  private open = Promise.withResolvers<void>();
  private arrived = Promise.withResolvers<void>();

  /** Runs `work` up to the given step; the rest of it when `finish` is called. */
  async runUpTo<Result>(step: number, work: () => Promise<Result>): Promise<() => Promise<Result>> {
    this.left = step;
    this.open = Promise.withResolvers();
    this.arrived = Promise.withResolvers();
    const result = work();
    await Promise.race([this.arrived.promise, result]);
    return () => {
      this.left = Number.POSITIVE_INFINITY;
      this.open.resolve();
      return result;
    };
  }

  override async run<Result>(send: (client: RedisClient) => Promise<Result>): Promise<Result> {
    if (this.left-- <= 0) {
      this.arrived.resolve();
      await this.open.promise;
    }
    return super.run(send);
  }
}

/** Counts the round trips. */
class CountingRedis extends Redis {
  trips = 0;

  override async run<Result>(send: (client: RedisClient) => Promise<Result>): Promise<Result> {
    this.trips += 1;
    return super.run(send);
  }
}

describeWithRedis('sessions in Redis', () => {
  let server: TestRedis;
  beforeAll(async () => {
    Logger.overrideLogger(false);
    server = await TestRedis.start({ cluster: true });
  });
  afterAll(async () => server.stop());

  sessionStoreConformance('a node of a cluster', async () => {
    await server.command('FLUSHALL');
    let offset = 0;
    const start = Date.now();
    const clock = clockOf(() => new Date(start + offset));
    const redis = new Redis(server.url);
    await redis.start();
    return {
      store: new RedisSessionStore(redis, clock),
      now: () => clock.now(),
      advance: (milliseconds) => void (offset += milliseconds),
      close: async () => redis.close(),
    };
  });

  describe('two nodes, stopped between any two of their steps,', () => {
    /** More than any operation here has. */
    const STEPS = Array.from({ length: 9 }, (_, step) => step);
    const nodes: GatedRedis[] = [];
    let [one, other]: RedisSessionStore[] = [];
    let kept: RedisSessionStore;

    beforeAll(async () => {
      await server.command('FLUSHALL');
      nodes.push(new GatedRedis(server.url), new GatedRedis(server.url), new GatedRedis(server.url));
      await Promise.all(nodes.map(async (node) => node.start()));
      const stores = nodes.map((node) => new RedisSessionStore(node, systemClock));
      [one, other, kept] = stores as [RedisSessionStore, RedisSessionStore, RedisSessionStore];
    });
    afterAll(() => nodes.forEach((node) => node.close()));

    /** Every way to run `first` up to a step, then `second` up to one, then `first` to its end, then `second`. */
    async function everyWay<Case>(
      make: () => Promise<Case>,
      first: (store: RedisSessionStore, at: Case) => Promise<unknown>,
      second: (store: RedisSessionStore, at: Case) => Promise<unknown>,
      check: (at: Case, results: [unknown, unknown], way: string) => Promise<void>,
    ): Promise<void> {
      for (const [a, b] of STEPS.flatMap((a) => STEPS.map((b) => [a, b] as const))) {
        const at = await make();
        const finishFirst = await nodes[0]!.runUpTo(a, () => first(one!, at));
        const finishSecond = await nodes[1]!.runUpTo(b, () => second(other!, at));
        const results: [unknown, unknown] = [await finishFirst(), await finishSecond()];
        await check(at, results, `${a} steps, then ${b}`);
      }
    }

    /** A sign-in that began at `startedAt`, and a company of its own. */
    let companies = 0;
    const company = async () => {
      const organization = { id: `org_${companies++}`, name: 'Acme' };
      return { record: session({ organization }), subject: { ...ACME, id: organization.id }, at: new Date() };
    };
    type Company = Awaited<ReturnType<typeof company>>;
    const insert = (store: RedisSessionStore, { record, at }: Company) => store.insert(record, null, at);
    const insertLater = (store: RedisSessionStore, { record, at }: Company) =>
      store.insert(record, null, new Date(at.getTime() + 1));
    const revoke = (store: RedisSessionStore, { subject, at }: Company) => store.revoke(subject, at);
    const isGone = async ({ record }: Company, _results: unknown, way: string) => {
      const found = [await kept.findByTokenHash(record.tokenHash), await kept.find(record.id)];
      expect({ way, found }).toEqual({ way, found: [null, null] });
    };

    it.each([
      ['a sign-in, then a revocation', insert, revoke],
      ['a revocation, then a sign-in', revoke, insert],
    ])('leave no session alive: %s', async (_, first, second) => {
      await everyWay(company, first, second, isGone);
    });

    it.each([
      ['a later sign-in, then a revocation', insertLater, revoke],
      ['a revocation, then a later sign-in', revoke, insertLater],
    ])('leave a session that the next revocation finds: %s', async (_, first, second) => {
      await everyWay(company, first, second, async (at, results, way) => {
        await kept.revoke(at.subject, new Date(at.at.getTime() + 10));
        await isGone(at, results, way);
      });
    });

    const stored = async () => {
      const at = await company();
      await kept.insert(at.record, null, at.at);
      return { ...at, next: hash() };
    };
    type Stored = Awaited<ReturnType<typeof stored>>;
    const change = (store: RedisSessionStore, { record, next }: Stored) =>
      store.update(record.id, 1, { tokenHash: next });
    const remove = (store: RedisSessionStore, { record }: Stored) => store.delete(record.id);
    const isGoneEverywhere = async (at: Stored, results: unknown, way: string) => {
      await isGone(at, results, way);
      expect({ way, found: await kept.findByTokenHash(at.next) }).toEqual({ way, found: null });
    };

    it.each([
      ['a new token, then a revocation', change, revoke],
      ['a revocation, then a new token', revoke, change],
      ['a new token, then a deletion', change, remove],
      ['a deletion, then a new token', remove, change],
    ])('end a session wherever it is: %s', async (_, first, second) => {
      await everyWay(stored, first, second, isGoneEverywhere);
    });

    it('give a session one of two new tokens', async () => {
      const make = async () => ({ ...(await stored()), another: hash() });
      const changeToo = (store: RedisSessionStore, at: Awaited<ReturnType<typeof make>>) =>
        store.update(at.record.id, 1, { tokenHash: at.another });
      await everyWay(make, change, changeToo, async ({ record, next, another }, results, way) => {
        const won = results.filter((result) => result !== null) as SessionRecord[];
        const found = [record.tokenHash, next, another].map((tokenHash) => kept.findByTokenHash(tokenHash));
        expect({ way, won: won.length }).toEqual({ way, won: 1 });
        expect((await Promise.all(found)).filter((known) => known !== null)).toEqual(won);
        expect(await kept.find(record.id)).toEqual(won[0]);
        expect(await kept.delete(record.id)).toEqual(won[0]);
      });
    });

    it('keep what was seen while the token changes', async () => {
      const seenAt = ({ record }: Stored) => new Date(record.lastSeenAt.getTime() + 5000);
      const touch = (store: RedisSessionStore, at: Stored) =>
        store.touch(new Map([[at.record.id, seenAt(at)]]));
      await everyWay(stored, change, touch, async (at, _results, way) => {
        const { version, lastSeenAt } = (await kept.find(at.record.id)) ?? {};
        expect({ way, version, lastSeenAt }).toEqual({ way, version: 2, lastSeenAt: seenAt(at) });
      });
    });

    it('let a change of token that broke off be repeated', async () => {
      for (const step of STEPS) {
        const at = await stored();
        const finish = await nodes[0]!.runUpTo(step, () => change(one!, at));
        const again = await change(other!, at);
        await finish();
        // Whether the first one was through or not: the session is there once, under one token.
        const found = await kept.find(at.record.id);
        expect({ step, found }).toEqual({ step, found: { ...at.record, tokenHash: at.next, version: 2 } });
        expect(again === null || again.version === 2).toBe(true);
        expect(await kept.findByTokenHash(at.next)).toEqual(found);
        expect(await kept.findByTokenHash(at.record.tokenHash)).toBeNull();
      }
    });
  });

  describe('what is kept', () => {
    let redis: CountingRedis;
    let store: RedisSessionStore;
    beforeEach(async () => {
      await server.command('FLUSHALL');
      redis = new CountingRedis(server.url);
      await redis.start();
      store = new RedisSessionStore(redis, systemClock);
    });
    afterEach(() => redis.close());

    it('is found by a token in one round trip', async () => {
      const record = session();
      await store.insert(record, null, new Date());
      redis.trips = 0;
      expect(await store.findByTokenHash(record.tokenHash)).toEqual(record);
      expect(redis.trips).toBe(1);
    });

    it('lives no longer than it must, whatever it is', async () => {
      const record = session({ directoryId: 'directory_acme', expiresAt: new Date(Date.now() + 100_000) });
      await store.insert(record, null, new Date());
      await store.update(record.id, 1, { tokenHash: hash(), organization: { id: 'org_globex', name: '' } });
      await store.revoke({ kind: 'user', id: 'user_bob' }, new Date());
      const keys = (await server.command('KEYS', '*')) as string[];
      const lives = await Promise.all(
        keys.map(async (key) => [key, Number(await server.command('PTTL', key)) / 1000] as const),
      );
      expect(keys.length).toBeGreaterThanOrEqual(8);
      for (const [key, life] of lives) {
        const [least, most] = key.endsWith(':revoked') ? [86_000, 86_400] : [150, 160];
        expect({ key, life, fits: life > least && life <= most }).toEqual({ key, life, fits: true });
      }
    });

    it('is nothing once every session is deleted', async () => {
      const records = [session(), session({ directoryId: 'directory_acme' })];
      for (const record of records) await store.insert(record, null, new Date());
      await store.delete(records[0]!.id);
      await store.revoke({ kind: 'user', id: 'user_ada' }, new Date());
      expect(await server.command('KEYS', '*')).toEqual(['gatehouse:{user:user_ada}:revoked']);
    });

    it('drops from a list what has run out', async () => {
      const old = session({ expiresAt: new Date(Date.now() - 59_900) });
      await store.insert(old, null, new Date(0));
      await until('it has run out', () => Date.now() > old.expiresAt.getTime() + 60_000);
      const young = session();
      await store.insert(young, null, new Date());
      expect(await server.command('ZRANGE', 'gatehouse:{user:user_ada}:sessions', '0', '-1')).toEqual([
        young.id,
      ]);
    });

    it('is never searched through', async () => {
      const used = String(await server.command('INFO', 'commandstats'));
      expect(used).toMatch(/cmdstat_evalsha/);
      expect(used).not.toMatch(/cmdstat_(?:scan|sscan|hscan|zscan)\b/);
    });
  });
});
