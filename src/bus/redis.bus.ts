import { Logger } from '@nestjs/common';
import { retryDelay } from '../common/retry-delay.js';
import { openClient, type RedisClient } from '../redis/redis.client.js';
import type { Redis } from '../redis/redis.js';
import { CHANNEL, decode, encodeBeat, encodeMessage, newNodeId } from './bus-message.js';
import { Heartbeat } from './heartbeat.js';
import { InvalidationBus, type Invalidation, type InvalidationListener } from './invalidation-bus.port.js';

/** Publish and subscribe. One connection listens; what is said goes through the one for commands. */
export class RedisBus extends InvalidationBus {
  private readonly logger = new Logger('Bus');
  private readonly listeners = new Set<InvalidationListener>();
  private readonly nodeId = newNodeId();
  private readonly heartbeat = new Heartbeat(
    () => void this.say(encodeBeat(this.nodeId)),
    () => this.gap(),
  );
  private client: RedisClient | null = null;
  private retry: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(
    private readonly url: string,
    private readonly redis: Redis,
  ) {
    super();
  }

  start(): void {
    void this.connect(0);
  }

  subscribe(listener: InvalidationListener): void {
    this.listeners.add(listener);
  }

  async publish(message: Invalidation): Promise<void> {
    await this.say(encodeMessage(message));
  }

  isUp(): boolean {
    return this.client !== null && this.heartbeat.isAlive();
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.retry);
    this.heartbeat.stop();
    this.client?.destroy();
    this.client = null;
  }

  private async connect(failures: number): Promise<void> {
    let client: RedisClient | null = null;
    try {
      client = await openClient(this.url, (error) => this.lose(error));
      await client.subscribe(CHANNEL, (text) => this.hear(text));
    } catch (error) {
      client?.destroy();
      if (failures === 0) this.logger.warn({ err: error }, 'the bus is down');
      this.connectLater(failures + 1);
      return;
    }
    if (this.closed) {
      client.destroy();
      return;
    }
    this.client = client;
    this.gap();
    this.heartbeat.start();
    void this.say(encodeBeat(this.nodeId));
  }

  private connectLater(failures: number): void {
    if (this.closed) return;
    this.retry = setTimeout(() => void this.connect(failures), retryDelay(failures));
    this.retry.unref();
  }

  private lose(error: Error): void {
    this.client = null;
    this.logger.warn({ err: error }, 'the bus is down');
    this.connectLater(1);
  }

  private hear(text: string): void {
    const heard = decode(text);
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
  private async say(text: string): Promise<void> {
    if (this.closed) return;
    try {
      await this.redis.run((client) => client.publish(CHANNEL, text));
    } catch (error) {
      this.logger.debug({ err: error }, 'a message was not handed over');
    }
  }
}
