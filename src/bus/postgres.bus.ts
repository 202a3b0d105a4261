import { Logger } from '@nestjs/common';
import { sql } from 'kysely';
import pg from 'pg';
import type { Database } from '../database/database.js';
import { CHANNEL, decode, encodeBeat, encodeMessage, newNodeId } from './bus-message.js';
import { Heartbeat } from './heartbeat.js';
import { InvalidationBus, type Invalidation, type InvalidationListener } from './invalidation-bus.port.js';

/** Milliseconds between two attempts to connect: growing, with jitter, so that nodes do not come all at once. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 5000;

/** LISTEN and NOTIFY. One connection listens; what is said goes through the pool. */
export class PostgresBus extends InvalidationBus {
  private readonly logger = new Logger('Bus');
  private readonly listeners = new Set<InvalidationListener>();
  private readonly nodeId = newNodeId();
  private readonly heartbeat = new Heartbeat(
    () => void this.notify(encodeBeat(this.nodeId)),
    () => this.gap(),
  );
  private client: pg.Client | null = null;
  private retry: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(
    private readonly url: string,
    private readonly database: Database,
  ) {
    super();
  }

  /** Connects in its own time; until then the bus is down. */
  start(): void {
    void this.connect(FIRST_PAUSE);
  }

  subscribe(listener: InvalidationListener): void {
    this.listeners.add(listener);
  }

  async publish(message: Invalidation): Promise<void> {
    await this.notify(encodeMessage(message));
  }

  isUp(): boolean {
    return this.client !== null && this.heartbeat.isAlive();
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.retry);
    this.heartbeat.stop();
    const { client } = this;
    this.client = null;
    await client?.end();
  }

  private async connect(pause: number): Promise<void> {
    if (this.closed) return;
    const client = new pg.Client({
      connectionString: this.url,
      connectionTimeoutMillis: 3000,
      keepAlive: true,
      application_name: 'gatehouse bus',
    });
    let over = false;
    const lost = (reason?: Error) => {
      // One connection is lost once, however often it says so.
      if (over) return;
      over = true;
      if (this.client === client) this.client = null;
      void client.end().catch(() => undefined);
      if (this.closed) return;
      this.logger.warn({ err: reason }, 'the bus is down');
      this.retry = setTimeout(
        () => void this.connect(Math.min(pause * 2, LONGEST_PAUSE)),
        pause * (0.5 + Math.random()),
      );
      this.retry.unref();
    };
    client.on('error', lost);
    client.once('end', () => lost());
    client.on('notification', ({ payload }) => this.hear(payload ?? ''));
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
    } catch (error) {
      lost(error instanceof Error ? error : undefined);
      return;
    }
    if (over) return;
    if (this.closed) {
      await client.end();
      return;
    }
    this.client = client;
    this.gap();
    this.heartbeat.start();
    void this.notify(encodeBeat(this.nodeId));
  }

  private hear(payload: string): void {
    const heard = decode(payload);
    if (heard?.kind === 'beat') {
      if (heard.nodeId === this.nodeId) this.heartbeat.heard();
    } else if (heard) {
      for (const listener of this.listeners) listener.onInvalidation(heard.message);
    }
  }

  private gap(): void {
    for (const listener of this.listeners) listener.onGap();
  }

  /** Never throws: whoever did not hear it asks the store soon. */
  private async notify(payload: string): Promise<void> {
    if (this.closed) return;
    try {
      await sql`select pg_notify(${CHANNEL}, ${payload})`.execute(this.database);
    } catch (error) {
      this.logger.debug({ err: error }, 'a message was not handed over');
    }
  }
}
