import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { endsWithin } from '../common/deadline.js';
import { EventDeliverer } from './event-deliverer.js';
import { EventHandlers } from './event-handlers.js';
import { Config } from '../config/config.js';
import { EventProcessor } from './event-processor.js';
import { EventReader } from './event-reader.js';
import { EventWake } from './event-wake.js';
import { EventsStatus } from './events-status.js';
import { WorkLoop } from './work-loop.js';

/** Milliseconds between two looks for what other nodes stored, or what is due again. */
const PAUSE = 1000;
/** Transactions side by side in one process: while the database does one, the process reads the next. */
const LANES = 2;
/** Makes half a minute out of five seconds between attempts to read: WorkOS may be away for long. */
const READER_PATIENCE = 6;
/** Milliseconds between two looks at whether the copy keeps up. */
const WATCH = 60_000;
/** Milliseconds that the end of the process waits: what takes longer is begun again, by another node. */
const PATIENCE = 10_000;

/** Keeps processing and delivery going while the application runs. What is under way at its end is finished, in time. */
@Injectable()
export class EventsWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Events');
  private loops: WorkLoop[] = [];

  constructor(
    private readonly processor: EventProcessor,
    private readonly deliverer: EventDeliverer,
    private readonly handlers: EventHandlers,
    private readonly events: EventWake,
    private readonly reader: EventReader,
    private readonly status: EventsStatus,
    private readonly config: Config,
  ) {}

  onApplicationBootstrap(): void {
    const lanes = Array.from(
      { length: LANES },
      () => new WorkLoop('events', () => this.processor.round(), PAUSE),
    );
    const deliveries = this.handlers.names.map(
      (name) => new WorkLoop(`handler ${name}`, () => this.deliverer.round(name), PAUSE),
    );
    const again = new WorkLoop('events that failed', () => this.processor.retry(), PAUSE);
    const workers = [...lanes, again, ...deliveries];
    const others = [
      new WorkLoop('the forgetting of events', () => this.processor.forget(), WATCH),
      new WorkLoop('handlers that are gone', () => this.deliverer.setAsideUnheard(), WATCH),
      this.watchLoop(),
      ...(this.config.eventsInterval === 0 ? [] : [this.readerLoop()]),
    ];
    this.loops = [...workers, ...others];
    for (const loop of others) loop.start();
    for (const loop of workers) {
      loop.start();
      this.events.onWake(() => loop.wake());
    }
  }

  /** Each node looks four times an interval, so that another one takes over soon where the one that read is gone. */
  private readerLoop(): WorkLoop {
    let first = true;
    const round = async (): Promise<boolean> => {
      await this.reader.round(first);
      first = false;
      return false;
    };
    return new WorkLoop('the Events API', round, this.config.eventsInterval * 250, READER_PATIENCE);
  }

  private watchLoop(): WorkLoop {
    // Not at once: what lags behind at the start is about to be caught up with.
    let started = false;
    const round = async (): Promise<boolean> => {
      if (started) await this.status.watch();
      started = true;
      return false;
    };
    return new WorkLoop('the watch over events', round, WATCH);
  }

  async beforeApplicationShutdown(): Promise<void> {
    const ended = Promise.all(this.loops.map((loop) => loop.stop())).then(() => this.deliverer.ended());
    if (!(await endsWithin(PATIENCE, ended)))
      this.logger.warn(
        'not everything that was under way with events has ended; it is begun again elsewhere',
      );
  }
}
