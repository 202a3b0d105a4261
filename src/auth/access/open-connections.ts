import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { isTransient } from '../../common/problem-error.js';
import { CredentialReader } from '../credentials/passport.provider.js';

/** Milliseconds between two looks at every connection: a revocation, which every node's memory hears, counts by then. */
const LOOK_EVERY = 2000;
/** Questions of one look under way at once, where memory does not know. */
const SIDE_BY_SIDE = 20;

interface Watched {
  readonly request: IncomingMessage;
  readonly end: () => void;
  isAsked: boolean;
}

/**
 * Ends connections whose credential has ended: revoked on whatever node, idle for too long, or past its end. What memory
 * knows costs a look into a map; what cannot be said keeps a connection, as it keeps a session.
 */
@Injectable()
export class OpenConnections implements OnApplicationShutdown {
  private readonly logger = new Logger('OpenConnections');
  private readonly watched = new Map<object, Watched>();
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly credentials: CredentialReader) {}

  /** @param request the one that opened the connection, with its credential */
  watch(connection: object, request: IncomingMessage, end: () => void): void {
    this.watched.set(connection, { request, end, isAsked: false });
    this.timer ??= setInterval(() => void this.look(), LOOK_EVERY).unref();
  }

  has(connection: object): boolean {
    return this.watched.has(connection);
  }

  forget(connection: object): void {
    this.watched.delete(connection);
    if (this.watched.size === 0) this.rest();
  }

  onApplicationShutdown(): void {
    this.watched.clear();
    this.rest();
  }

  private rest(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
  }

  /** Does not wait for the look before: one question that takes long holds up no other connection. */
  private async look(): Promise<void> {
    const queue = [...this.watched].filter(([, { isAsked }]) => !isAsked);
    const work = async (): Promise<void> => {
      for (let next = queue.pop(); next; next = queue.pop()) {
        const [connection, watched] = next;
        watched.isAsked = true;
        await this.endUnlessGood(connection, watched);
        watched.isAsked = false;
      }
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
  }

  private async endUnlessGood(connection: object, watched: Watched): Promise<void> {
    try {
      if (await this.credentials.holds(watched.request)) return;
    } catch (error) {
      if (isTransient(error)) return;
      this.logger.error({ err: error });
    }
    // Meanwhile it may have been closed, or come back with a better credential.
    if (this.watched.get(connection) !== watched) return;
    this.forget(connection);
    watched.end();
  }
}
