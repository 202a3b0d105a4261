import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { retryDelay } from '../common/retry-delay.js';
import { decode, encodeBeat, encodeMessage, newNodeId } from './bus-message.js';
import type { BusTransport } from './bus-transport.port.js';
import { Hearing } from './hearing.js';
import { InvalidationBus, type Invalidation, type InvalidationListener } from './invalidation-bus.port.js';

/** Milliseconds between two beats of a node. */
const BEAT = 1000;
/** Beats in a row that find the node deaf, after which it gives the line up for a new one. */
const DEAF_BEATS = 2;

/** A bus between nodes: one line that listens and is replaced whenever it is lost or silent, over whatever transport. */
export class ConnectedBus extends InvalidationBus {
  private readonly logger = new Logger('Bus');
  private readonly listeners = new Set<InvalidationListener>();
  private readonly nodeId = newNodeId();
  private readonly hearing = new Hearing();
  private readonly closing = new AbortController();
  private life: Promise<void> | null = null;
  private failures = 0;

  constructor(private readonly transport: BusTransport) {
    super();
  }

  start(): void {
    this.life ??= this.live();
  }

  subscribe(listener: InvalidationListener): void {
    this.listeners.add(listener);
  }

  async publish(message: Invalidation): Promise<void> {
    await this.send(encodeMessage(message));
  }

  isUp(): boolean {
    return this.hearing.isGood();
  }

  async close(): Promise<void> {
    this.closing.abort(new Error('the bus is closed'));
    await this.life;
  }

  private get isClosed(): boolean {
    return this.closing.signal.aborted;
  }

  private async live(): Promise<void> {
    const { signal } = this.closing;
    while (!this.isClosed) {
      try {
        await this.listenUntilLost();
      } catch (error) {
        if (!this.isClosed && this.failures === 0) this.logger.warn({ err: error }, 'the bus is down');
      }
      this.failures += 1;
      // It rejects where the bus is closed meanwhile, and then the loop ends.
      await pause(retryDelay(this.failures), null, { ref: false, signal }).catch(() => null);
    }
  }

  /** @throws always, with what ended it */
  private async listenUntilLost(): Promise<never> {
    const end = Promise.withResolvers<never>();
    let open = true;
    const lose = (reason: Error) => {
      // Before anybody's turn: from here on nothing that is cached is believed for long.
      if (open) this.hearing.lost();
      open = false;
      end.reject(reason);
    };
    // It may be lost before anybody waits for that.
    end.promise.catch(() => undefined);
    const line = await this.transport.listen((text) => {
      if (open) this.hear(text);
    }, lose);
    const onClose = () => lose(this.closing.signal.reason as Error);
    this.closing.signal.addEventListener('abort', onClose);
    if (this.isClosed) onClose();
    const beat = setInterval(this.beats(lose), BEAT);
    beat.unref();
    void this.send(encodeBeat(this.nodeId));
    try {
      return await end.promise;
    } finally {
      clearInterval(beat);
      this.closing.signal.removeEventListener('abort', onClose);
      line.close();
    }
  }

  /** Two in a row: after a moment in which this process did nothing at all, what was heard waits to be read. */
  private beats(lose: (reason: Error) => void): () => void {
    let deaf = 0;
    return () => {
      deaf = this.hearing.isGood() ? 0 : deaf + 1;
      if (deaf >= DEAF_BEATS) lose(new Error('nothing is heard any more'));
      else void this.send(encodeBeat(this.nodeId));
    };
  }

  private hear(text: string): void {
    const heard = decode(text);
    if (heard?.kind === 'message') {
      for (const listener of this.listeners) listener.onInvalidation(heard.message);
    } else if (heard?.nodeId === this.nodeId && this.hearing.heard()) {
      this.failures = 0;
      for (const listener of this.listeners) listener.onGap();
    }
  }

  /** Never throws: whoever did not hear it asks the store soon. */
  private async send(text: string): Promise<void> {
    if (this.isClosed) return;
    try {
      await this.transport.send(text);
    } catch (error) {
      this.logger.debug({ err: error }, 'a message was not handed over');
    }
  }
}
