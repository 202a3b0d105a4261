import { afterAll, afterEach, beforeAll, beforeEach, describe } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { createNoopMeter } from '@opentelemetry/api';
import { sql } from 'kysely';
import { clockOf } from '../../src/common/clock.factory.js';
import { AuditLog } from '../../src/audit/audit-log.service.js';
import { AuditRepository } from '../../src/audit/audit.repository.js';
import { InProcessBus } from '../../src/bus/in-process.bus.js';
import { SystemRandom } from '../../src/common/random.js';
import { Database, openPool } from '../../src/database/database.js';
import { migrate } from '../../src/database/migrate.js';
import { Redis } from '../../src/redis/redis.js';
import { SamePersonRepository } from '../../src/sessions/same-person.repository.js';
import { CACHE_LIMITS, SessionCache } from '../../src/sessions/session-cache.js';
import { SessionRevoker } from '../../src/sessions/session-revoker.service.js';
import type { SessionStore } from '../../src/sessions/session-store.port.js';
import { DatabaseSessionStore } from '../../src/sessions/stores/database.session-store.js';
import { RedisSessionStore } from '../../src/sessions/stores/redis.session-store.js';
import { createDatabase, type TestDatabase } from './postgres.js';
import { describeWithRedis, TestRedis } from './redis.js';

export const clock = clockOf(() => new Date());
export const random = new SystemRandom();

/** What a test gets: everything in it is empty when a test begins. */
export class Ground {
  constructor(
    readonly databaseUrl: string,
    readonly database: Database,
    readonly store: SessionStore,
  ) {}

  /** One node's means to end sessions. `Kind` may be one that can be told to fail. */
  revoker<Kind extends SessionRevoker>(
    Kind: new (...words: ConstructorParameters<typeof SessionRevoker>) => Kind,
  ): {
    revoker: Kind;
    cache: SessionCache;
  } {
    const bus = new InProcessBus();
    const cache = new SessionCache(CACHE_LIMITS, () => true);
    const audit = new AuditLog(new AuditRepository(this.database), clock, random, createNoopMeter());
    const samePerson = new SamePersonRepository(this.database);
    return { revoker: new Kind(this.store, samePerson, cache, bus, audit, clock), cache };
  }
}

/** Runs the same tests with sessions in PostgreSQL and in Redis; the rest is in PostgreSQL in any case. */
export function describeWithStores(name: string, tests: (ground: () => Ground) => void): void {
  describe(name, () => {
    let server: TestDatabase;
    let database: Database;
    beforeAll(async () => {
      Logger.overrideLogger(false);
      server = await createDatabase();
      database = new Database(openPool(server.url));
      await migrate(database);
    });
    beforeEach(async () => {
      await sql`truncate revocation_outbox, audit_events, sessions, session_revocations`.execute(database);
    });
    afterAll(async () => {
      await database.destroy();
      await server.drop();
    });

    describe('with sessions in PostgreSQL', () => {
      tests(() => new Ground(server.url, database, new DatabaseSessionStore(database, clock)));
    });

    describeWithRedis('with sessions in Redis', () => {
      let redisServer: TestRedis;
      let redis: Redis;
      beforeAll(async () => {
        redisServer = await TestRedis.start();
      });
      beforeEach(async () => {
        await redisServer.command('FLUSHALL');
        redis = new Redis(redisServer.url);
        await redis.start();
      });
      afterEach(() => redis.close());
      afterAll(async () => redisServer.stop());

      tests(() => new Ground(server.url, database, new RedisSessionStore(redis, clock)));
    });
  });
}
