import { afterAll, beforeAll, describe } from '@jest/globals';
import { Logger } from '@nestjs/common';
import pg from 'pg';
import { ConnectedBus } from '../src/bus/connected.bus.js';
import { CHANNEL } from '../src/bus/bus-message.js';
import { InProcessBus } from '../src/bus/in-process.bus.js';
import {
  invalidationBusConformance,
  wiredBusConformance,
  type WiredBusUnderTest,
} from '../src/bus/invalidation-bus.conformance.js';
import { PostgresTransport } from '../src/bus/postgres.transport.js';
import { RedisTransport } from '../src/bus/redis.transport.js';
import { Database, openPool } from '../src/database/database.js';
import { Redis } from '../src/redis/redis.js';
import { Cable } from './support/cable.js';
import { createDatabase, type TestDatabase } from './support/postgres.js';
import { describeWithRedis, TestRedis } from './support/redis.js';

/** A node whose connections all go one way, and how to let go of them. */
type Node = readonly [bus: ConnectedBus, close: () => unknown];

/** Three nodes at one server, the first of them behind a cable. */
async function threeNodes(
  url: string,
  node: (url: string) => Promise<Node>,
  server: { say(text: string): Promise<unknown>; listeners(): Promise<number>; close(): Promise<unknown> },
): Promise<WiredBusUnderTest> {
  const cable = await Cable.to(url);
  let whole = true;
  const nodes = [await node(cable.url), await node(url), await node(url)] as const;
  return {
    nodes: [nodes[0][0], nodes[1][0], nodes[2][0]],
    cut: async () => {
      whole = false;
      await cable.cut();
    },
    mend: async () => {
      await cable.mend();
      whole = true;
    },
    freeze: () => cable.freeze(),
    say: async (text) => void (await server.say(text)),
    listeners: async () => server.listeners(),
    close: async () => {
      // First: what waits for an answer over a frozen connection would be waited for.
      if (whole) await cable.cut();
      for (const [, close] of nodes) await close();
      await server.close();
    },
  };
}

describe('an invalidation bus', () => {
  beforeAll(() => Logger.overrideLogger(false));

  invalidationBusConformance('within a process', async () => {
    const bus = new InProcessBus();
    return { nodes: [bus, bus, bus], close: async () => undefined };
  });

  describe('with a PostgreSQL', () => {
    let server: TestDatabase;
    beforeAll(async () => {
      server = await createDatabase();
    });
    afterAll(async () => server.drop());

    wiredBusConformance('a bus over it', async () => {
      const observer = new pg.Client({ connectionString: server.url });
      await observer.connect();
      const listening = `select count(*)::int as count from pg_stat_activity
        where application_name = 'gatehouse bus' and datname = current_database()`;
      const node = async (url: string): Promise<Node> => {
        const pool = openPool(url);
        pool.on('error', () => undefined);
        const database = new Database(pool);
        return [new ConnectedBus(new PostgresTransport(url, database)), () => database.destroy()];
      };
      return threeNodes(server.url, node, {
        say: async (text) => observer.query('select pg_notify($1, $2)', [CHANNEL, text]),
        listeners: async () => Number((await observer.query(listening)).rows[0].count),
        close: async () => observer.end(),
      });
    });
  });

  describeWithRedis('with a Redis', () => {
    let server: TestRedis;
    beforeAll(async () => {
      server = await TestRedis.start();
    });
    afterAll(async () => server.stop());

    wiredBusConformance('a bus over it', async () => {
      const node = async (url: string): Promise<Node> => {
        const redis = new Redis(url);
        await redis.start();
        return [new ConnectedBus(new RedisTransport(url, redis)), () => redis.close()];
      };
      return threeNodes(server.url, node, {
        say: async (text) => server.command('PUBLISH', CHANNEL, text),
        listeners: async () => Number(((await server.command('PUBSUB', 'NUMSUB', CHANNEL)) as unknown[])[1]),
        close: async () => undefined,
      });
    });
  });
});
