import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger, type INestApplicationContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { sql } from 'kysely';
import { ConfigModule } from '../src/config/config.module.js';
import { Database } from '../src/database/database.js';
import { migrate } from '../src/database/migrate.js';
import { EventHandlers } from '../src/events/event-handlers.js';
import { EventInbox } from '../src/events/event-inbox.js';
import { EventProcessor } from '../src/events/event-processor.js';
import { EventsModule } from '../src/events/events.module.js';
import { OnWorkosEvent } from '../src/events/on-workos-event.decorator.js';
import type { RawWorkosEvent } from '../src/identity/workos-event.js';
import { RevocationOutbox } from '../src/sessions/revocation-outbox.js';
import { SessionStore } from '../src/sessions/session-store.port.js';
import { aSession } from '../src/sessions/session.factory.js';
import { Latecomers } from '../src/sync/latecomers.service.js';
import { EventMonth, SeededRandom } from './support/event-month.js';
import { createDatabase, type TestDatabase } from './support/postgres.js';
import { ServiceProcess } from './support/service-process.js';
import { until } from './support/until.js';

/** A month is 10,000 (`STORY_EVENTS=10000`, 45 seconds on two idle cores); what runs with every other test is its first week. */
const EVENTS = Number(process.env['STORY_EVENTS'] ?? 2500);
const SEED = Number(process.env['STORY_SEED'] ?? 20_260_401);
const PROCESSORS = 2;
const DEATHS = 4;

/** What must come out the same, without what only says when or how this service came to know it. */
const COPIES: Readonly<Record<string, readonly string[]>> = {
  tombstones: [],
  organizations: ['synced_at'],
  organization_domains: [],
  connections: [],
  connection_certificates: ['warned_days'],
  roles: [],
  users: [],
  memberships: [],
  directories: [],
  directory_users: [],
  directory_groups: [],
  directory_group_members: [],
};

/** The events that another module waits for. */
const HEARD = [
  'user.deleted',
  'connection.deleted',
  'organization_membership.deleted',
  'dsync.user.deleted',
] as const;

@Injectable()
class Listener {
  @OnWorkosEvent(...HEARD)
  hear(): void {}
}

/** A database, and the service's own parts over it, not running by themselves. */
class Copy {
  private constructor(
    private readonly module: INestApplicationContext,
    private readonly server: TestDatabase,
    readonly env: Readonly<Record<string, string>>,
  ) {}

  static async open(): Promise<Copy> {
    const server = await createDatabase({ alone: true });
    const env = {
      WORKOS_API_KEY: `sk_test_${randomBytes(16).toString('hex')}`,
      WORKOS_CLIENT_ID: 'client_01HGATEH0VSESTORY000000001',
      WORKOS_API_URL: 'http://127.0.0.1:9',
      SIGN_IN: 'authkit',
      SESSION_KEYS: randomBytes(32).toString('base64'),
      DATABASE_URL: server.url,
      EVENTS_INTERVAL: '0',
      HEARD: HEARD.join(','),
    };
    const imports = [ConfigModule.forRoot(env), EventsModule];
    const module = await Test.createTestingModule({ imports, providers: [Listener] }).compile();
    // Not initialised as a whole: nothing is to run by itself.
    module.get(EventHandlers, { strict: false }).onModuleInit();
    const copy = new Copy(module, server, env);
    await migrate(copy.database);
    return copy;
  }

  get database(): Database {
    return this.module.get(Database, { strict: false });
  }

  get inbox(): EventInbox {
    return this.module.get(EventInbox, { strict: false });
  }

  /** Until nothing waits: two that stood in each other's way are tried again a little later. */
  async drain(): Promise<void> {
    const processor = this.module.get(EventProcessor, { strict: false });
    const latecomers = this.module.get(Latecomers, { strict: false });
    while ((await processor.round()) || (await processor.retry()) || (await this.waiting()) > 0)
      await latecomers.follow();
    await this.module.get(RevocationOutbox, { strict: false }).drain();
  }

  /** Everybody signs in who will ever be a member of anything: the session has the name of the membership. */
  async signIn(members: readonly RawWorkosEvent['data'][]): Promise<void> {
    const store = this.module.get(SessionStore, { strict: false });
    const now = new Date();
    for (const { id, user_id: userId, organization_id: organizationId } of members) {
      const session = aSession(now, { id: String(id), tokenHash: String(id).padEnd(43, '_') });
      const user = { ...session.user, id: String(userId) };
      await store.insert(
        { ...session, user, organization: { id: String(organizationId), name: '' } },
        null,
        now,
      );
    }
  }

  /** The sessions that are left, and those among them that nobody may have any more. */
  async sessions(): Promise<{ left: number; orphaned: string[] }> {
    const { rows } = await sql<{ id: string; orphaned: boolean }>`
      select id, exists (select from tombstones
        where object_id in (sessions.id, sessions.user_id, sessions.organization_id)) as orphaned from sessions
    `.execute(this.database);
    return { left: rows.length, orphaned: rows.filter((row) => row.orphaned).map(({ id }) => id) };
  }

  /** What the listener hears, or will: what a node that died had begun is due again in two minutes. */
  async heard(): Promise<string[]> {
    const { rows } = await sql<{ event_id: string }>`
      select event_id from event_deliveries order by event_id collate "C"`.execute(this.database);
    return rows.map((row) => row.event_id);
  }

  async waiting(): Promise<number> {
    const { rows } = await sql<{ count: number }>`
      select (select count(*) from workos_events where state = 'pending')::int
        + (select count(*) from revocation_outbox where kind !~ '^(claims_|permissions)')::int as count`.execute(
      this.database,
    );
    return rows[0]?.count ?? 0;
  }

  async states(): Promise<Record<string, number>> {
    const { rows } = await sql<{ state: string; count: number }>`
      select state, count(*)::int as count from workos_events group by state`.execute(this.database);
    return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
  }

  async rows(table: string): Promise<string[]> {
    const without = COPIES[table] ?? [];
    const { rows } = await sql<{ row: Record<string, unknown> }>`
      select to_jsonb(copy) as row from ${sql.table(table)} as copy`.execute(this.database);
    return rows
      .map(({ row }) =>
        JSON.stringify(Object.fromEntries(Object.entries(row).filter(([name]) => !without.includes(name)))),
      )
      .toSorted((a, b) => (a < b ? -1 : 1));
  }

  async close(): Promise<void> {
    await this.module.close();
    await this.server.drop();
  }
}

/** Processors in processes of their own, one of which dies now and then. */
class Mortals {
  private readonly children: ChildProcess[] = [];
  deaths = 0;

  constructor(private readonly env: Readonly<Record<string, string>>) {}

  async start(): Promise<void> {
    const child = fork(join(import.meta.dirname, 'support', 'event-processor.mjs'), {
      env: { PATH: process.env['PATH'] ?? '', LOG_LEVEL: 'silent', ...this.env },
      cwd: join(import.meta.dirname, '..', 'dist'),
      execArgv: [],
    });
    this.children.push(child);
    await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(() => Promise.reject(new Error('a processor did not start'))),
    ]);
  }

  async kill(which: number): Promise<void> {
    const [child] = this.children.splice(which % this.children.length, 1);
    if (!child) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
    this.deaths += 1;
  }

  async end(): Promise<void> {
    while (this.children.length > 0) await this.kill(0);
  }
}

describe('a month of WorkOS', () => {
  const random = new SeededRandom(SEED);
  let month: EventMonth;
  let [orderly, wild]: (Copy | undefined)[] = [];
  beforeAll(async () => {
    Logger.overrideLogger(false);
    ServiceProcess.build();
    month = new EventMonth(random, EVENTS);
    [orderly, wild] = await Promise.all([Copy.open(), Copy.open()]);
    const joined = month.events.filter(({ event }) => event === 'organization_membership.created');
    await Promise.all([orderly, wild].map((copy) => copy.signIn(joined.map(({ data }) => data))));
  });
  afterAll(async () => {
    await orderly?.close();
    await wild?.close();
  });

  const feed = async (copy: Copy, events: readonly RawWorkosEvent[]) => {
    for (let from = 0; from < events.length; from += 100)
      await copy.inbox.receive(events.slice(from, from + 100), 'events_api');
  };

  it('comes out the same in order and once, as disordered, twice and with processors that die', async () => {
    if (!orderly || !wild) throw new Error('no database');
    const kinds = new Set(month.events.map(({ event }) => event));
    expect(kinds.size).toBeGreaterThan(25);

    const began = performance.now();
    await feed(orderly, month.events);
    const fed = performance.now();
    // Two transactions side by side, as in one node.
    await Promise.all([orderly.drain(), orderly.drain()]);
    const perSecond = EVENTS / ((performance.now() - fed) / 1000);
    process.stdout.write(
      `orderly: fed in ${Math.round(fed - began)} ms, ${Math.round(perSecond)} events a second\n`,
    );
    expect(await orderly.states()).toEqual({ done: EVENTS });

    const arrivals = month.disordered();
    const mortals = new Mortals(wild.env);
    try {
      await Promise.all(Array.from({ length: PROCESSORS }, () => mortals.start()));
      const copy = wild;
      const killing = (async () => {
        for (let death = 0; death < DEATHS; death++) {
          await pause(300 + random.below(900));
          await mortals.kill(random.below(PROCESSORS));
          await mortals.start();
        }
      })();
      for (let from = 0; from < arrivals.length; from += 50)
        await copy.inbox.receive(arrivals.slice(from, from + 50), random.below(2) ? 'webhook' : 'events_api');
      await killing;
      await until('everything is done', async () => (await copy.waiting()) === 0, 150_000);
    } finally {
      await mortals.end();
    }
    expect(mortals.deaths).toBe(DEATHS + PROCESSORS);
    expect(await wild.states()).toEqual({ done: EVENTS });

    for (const copy of [orderly, wild]) {
      const { left, orphaned } = await copy.sessions();
      expect(left).toBeGreaterThan(0);
      expect(orphaned).toEqual([]);
    }
    const names: readonly string[] = HEARD;
    const told = month.events.filter(({ event }) => names.includes(event)).map(({ id }) => id);
    expect(told.length).toBeGreaterThan(0);
    for (const copy of [orderly, wild]) expect(await copy.heard()).toEqual(told.toSorted());

    for (const table of Object.keys(COPIES)) {
      const [expected, found] = [await orderly.rows(table), await wild.rows(table)];
      expect(expected.length).toBeGreaterThan(0);
      const [missing, surplus] = [
        expected.filter((row) => !found.includes(row)),
        found.filter((row) => !expected.includes(row)),
      ];
      expect({ table, missing: missing.slice(0, 5), surplus: surplus.slice(0, 5) }).toEqual({
        table,
        missing: [],
        surplus: [],
      });
      expect(found.length).toBe(expected.length);
    }
  }, 300_000);
});
