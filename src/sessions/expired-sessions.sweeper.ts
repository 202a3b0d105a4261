import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { SessionStore } from './session-store.port.js';

/** Milliseconds between two rounds, and rows a round: small enough that no lock is held for long. */
const EVERY = 60_000;
const AT_MOST = 500;

/** Removes sessions that are past their end. Nobody can use them any more; this only gives the room back. */
@Injectable()
export class ExpiredSessionsSweeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Sessions');
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly store: SessionStore) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.sweep(), EVERY);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Never throws: the next round tries again. */
  async sweep(): Promise<void> {
    try {
      await this.store.removeExpired(AT_MOST);
    } catch (error) {
      this.logger.warn({ err: error }, 'expired sessions were not removed');
    }
  }
}
