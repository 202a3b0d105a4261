import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { SessionStore } from './session-store.port.js';

/** Milliseconds between two writes. A process that is killed loses this much of "last seen", and the step below. */
const EVERY = 5000;
/** More sessions than this are written before the interval is over. */
const AT_MOST = 5000;

/** Writes "last seen" for many sessions at once, behind the requests that saw them. */
@Injectable()
export class LastSeenWriter implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Sessions');
  private seen = new Map<string, Date>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly store: SessionStore) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.flush(), EVERY);
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }

  /** `soon`: the idle limit is so short that the interval would matter. */
  note(sessionId: string, at: Date, soon: boolean): void {
    this.seen.set(sessionId, at);
    if (soon || this.seen.size >= AT_MOST) void this.flush();
  }

  /** Never throws. What could not be written is kept for the next time, unless something newer is known. */
  async flush(): Promise<void> {
    if (this.seen.size === 0) return;
    const batch = this.seen;
    this.seen = new Map();
    try {
      await this.store.touch(batch);
    } catch (error) {
      this.logger.warn({ err: error }, 'last seen was not written');
      for (const [id, at] of batch) if (!this.seen.has(id) && this.seen.size < AT_MOST) this.seen.set(id, at);
    }
  }
}
