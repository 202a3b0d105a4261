import { Logger, type LoggerService } from '@nestjs/common';
import type { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { sql } from 'kysely';
import type pg from 'pg';
import { clockOf } from '../../src/common/clock.factory.js';
import type { AuditEvent } from '../../src/audit/audit-event.js';
import type { AuditLog } from '../../src/audit/audit-log.service.js';
import { SystemRandom } from '../../src/common/random.js';
import { Database, openPool, PATIENT, PatientDatabase } from '../../src/database/database.js';
import { migrate } from '../../src/database/migrate.js';
import { EventDeliverer } from '../../src/events/event-deliverer.js';
import { EventDeliveriesRepository } from '../../src/events/event-deliveries.repository.js';
import { EventHandlers } from '../../src/events/event-handlers.js';
import { EventInbox } from '../../src/events/event-inbox.js';
import { EventProcessor } from '../../src/events/event-processor.js';
import { EventQueueRepository } from '../../src/events/event-queue.repository.js';
import type { WorkosEventsTable } from '../../src/events/event-tables.js';
import { EventWake } from '../../src/events/event-wake.js';
import type { RawWorkosEvent, WorkosEvent, WorkosEventName } from '../../src/identity/workos-event.js';
import { EventApplier } from '../../src/mirror/event-applier.port.js';
import type { MirrorTransaction } from '../../src/mirror/tombstones.js';
import { Exposition } from '../../src/prometheus/exposition.js';
import type { RevocationOutbox } from '../../src/sessions/revocation-outbox.js';
import { createDatabase, type TestDatabase } from './postgres.js';

const random = new SystemRandom();
const START = Date.UTC(2026, 2, 1);
/** Milliseconds: as a minute to the service, so is this to a test. */
const HANDLER_DEADLINE = 250;

export type StoredEvent = Pick<WorkosEventsTable, 'id' | 'event' | 'state' | 'due_at' | 'error'> & {
  attempts: number;
};
type Told = WorkosEvent & { readonly data: { readonly id?: string; readonly status?: string } };
type Outcome = Error | null;

/** Writes the id of each event into a table, then fails where it is told to. */
export class FakeApplier extends EventApplier {
  override readonly events: readonly WorkosEventName[] = [
    'session.created',
    'session.revoked',
    'user.created',
  ];
  /** What it applied, also where the transaction failed later. */
  readonly applied: string[] = [];
  fail: (event: Told) => Outcome | Promise<Outcome> = () => null;
  before: (trx: MirrorTransaction, event: Told) => Promise<void> = async () => undefined;

  override async apply(trx: MirrorTransaction, event: WorkosEvent): Promise<void> {
    await this.before(trx, event);
    await sql`insert into effects (event_id) values (${event.id})`.execute(trx);
    const failure = await this.fail(event);
    if (failure) throw failure;
    this.applied.push(event.id);
  }
}

export interface EventNode {
  readonly inbox: EventInbox;
  readonly drained: number;
  /** Hands over what is due, to all handlers side by side. */
  deliver(): Promise<void>;
  /** Begins to hand over what is due, and does not wait for it. */
  beginDeliveries(): Promise<void>;
  round(): Promise<boolean>;
  /** Tries one again that failed. */
  retry(): Promise<boolean>;
  forget(): Promise<boolean>;
  setAsideUnheard(): Promise<boolean>;
  /** Rounds until nothing is due. */
  drain(): Promise<void>;
}

/** A database with as many processors of events as a test wants, and a clock that it moves. */
export class ProcessorStage {
  now = new Date(START);
  readonly audited: AuditEvent[] = [];
  readonly logged: unknown[] = [];

  private constructor(
    readonly server: TestDatabase,
    readonly database: Database,
    private readonly patient: PatientDatabase,
  ) {}

  static async open(): Promise<ProcessorStage> {
    const server = await createDatabase();
    const database = new Database(openPool(server.url));
    await migrate(database);
    await sql`create table effects (n bigint generated always as identity, event_id text not null)`.execute(
      database,
    );
    const stage = new ProcessorStage(server, database, new PatientDatabase(openPool(server.url, PATIENT)));
    const note = (...words: unknown[]) => stage.logged.push(words);
    const logger: LoggerService = { log: note, error: note, warn: note, debug: note };
    Logger.overrideLogger(logger);
    return stage;
  }

  async close(): Promise<void> {
    await this.patient.destroy();
    await this.database.destroy();
    await this.server.drop();
  }

  async clear(): Promise<void> {
    await sql`truncate effects, workos_events, event_deliveries, event_cursors`.execute(this.database);
    this.audited.length = 0;
    this.logged.length = 0;
    this.now = new Date(START);
  }

  /** What all nodes count together. */
  readonly measured = new Exposition();
  readonly clock = clockOf(() => this.now);
  readonly audit = {
    record: async (event: AuditEvent) => void this.audited.push(event),
  } as unknown as AuditLog;

  /** An event of one object, `at` seconds after the beginning. */
  event(
    event: string,
    more: { object?: string; at?: number; status?: string; of?: string; data?: Record<string, unknown> },
  ): RawWorkosEvent {
    const createdAt = new Date(START - 3_600_000 + (more.at ?? 0) * 1000);
    const time = createdAt.toISOString();
    const { object: id = 'session_0', status = 'active', of: organization_id = null } = more;
    const times = { created_at: time, updated_at: time };
    const data = more.data ?? { id, user_id: 'user_1', organization_id, status, ...times };
    return { id: random.id('event', createdAt), event, data, createdAt };
  }

  /** One of the processes that share the database. */
  node(
    appliers: readonly EventApplier[],
    handlers: EventHandlers = withoutHandlers(),
    database = this.database,
  ): EventNode {
    let drained = 0;
    const outbox = { drain: async () => void drained++ } as unknown as RevocationOutbox;
    const wake = new EventWake();
    const queue = new EventQueueRepository(database, this.patient);
    const processor = new EventProcessor(
      queue,
      handlers,
      this.audit,
      this.clock,
      wake,
      outbox,
      this.measured.getMeter('test'),
      appliers,
    );
    const deliverer = new EventDeliverer(
      new EventDeliveriesRepository(database),
      handlers,
      this.audit,
      this.clock,
      HANDLER_DEADLINE,
    );
    return {
      inbox: new EventInbox(database, this.clock, wake),
      get drained() {
        return drained;
      },
      deliver: async () => {
        await Promise.all(handlers.names.map((name) => deliverer.round(name)));
        await deliverer.ended();
      },
      beginDeliveries: async () => {
        for (const name of handlers.names) await deliverer.round(name);
      },
      round: () => processor.round(),
      retry: () => processor.retry(),
      forget: () => processor.forget(),
      setAsideUnheard: () => deliverer.setAsideUnheard(),
      async drain() {
        while ((await processor.round()) || (await processor.retry()));
      },
    };
  }

  async stored(): Promise<StoredEvent[]> {
    const { rows } = await sql<StoredEvent>`
      select id, event, state, attempts, due_at, error from workos_events order by created_at, id
    `.execute(this.database);
    return rows;
  }

  /** The ids of the events whose effects are there, in the order in which they came about. */
  async effects(): Promise<string[]> {
    const { rows } = await sql<{ event_id: string }>`select event_id from effects order by n`.execute(
      this.database,
    );
    return rows.map((row) => row.event_id);
  }

  /** A node with connections of its own, which `kill` cuts from the server's side, as the death of its process does. */
  mortalNode(appliers: readonly EventApplier[]) {
    const pool = openPool(this.server.url);
    const pids = new Set<number>();
    pool.on('connect', (client) => pids.add((client as pg.PoolClient & { processID: number }).processID));
    // The idle ones break too.
    pool.on('error', () => undefined);
    return {
      node: this.node(appliers, undefined, new Database(pool)),
      kill: async () => {
        await sql`select pg_terminate_backend(pid) from unnest(${[...pids]}::int[]) as pid`.execute(
          this.database,
        );
      },
      close: () => pool.end(),
    };
  }

  async lock(trx: MirrorTransaction, key: number): Promise<void> {
    await sql`select pg_advisory_xact_lock(${key})`.execute(trx);
  }
}

export function withoutHandlers(): EventHandlers {
  return new EventHandlers(
    { getProviders: () => [], getControllers: () => [] } as unknown as DiscoveryService,
    {} as MetadataScanner,
  );
}
