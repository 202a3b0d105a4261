import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { EventDeliverer } from './event-deliverer.js';
import { EventHandlers } from './event-handlers.js';
import { EventProcessor } from './event-processor.js';
import { EventWake } from './event-wake.js';
import { WorkLoop } from './work-loop.js';

/** Milliseconds between two looks for what other nodes stored, or what is due again. */
const PAUSE = 1000;
/** Transactions side by side in one process: while the database does one, the process reads the next. */
const LANES = 2;

/** Keeps processing and delivery going while the application runs. What is under way at its end is finished. */
@Injectable()
export class EventsWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private loops: WorkLoop[] = [];

  constructor(
    private readonly processor: EventProcessor,
    private readonly deliverer: EventDeliverer,
    private readonly handlers: EventHandlers,
    private readonly events: EventWake,
  ) {}

  onApplicationBootstrap(): void {
    const lanes = Array.from(
      { length: LANES },
      () => new WorkLoop('events', () => this.processor.round(), PAUSE),
    );
    const deliveries = this.handlers.names.map(
      (name) => new WorkLoop(`handler ${name}`, () => this.deliverer.round(name), PAUSE),
    );
    this.loops = [...lanes, ...deliveries];
    for (const loop of this.loops) {
      loop.start();
      this.events.onWake(() => loop.wake());
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.loops.map((loop) => loop.stop()));
  }
}
