import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { Config } from '../config/config.js';
import type { EventDeliverer } from './event-deliverer.js';
import type { EventHandlers } from './event-handlers.js';
import type { EventProcessor } from './event-processor.js';
import type { EventReader } from './event-reader.js';
import { EventWake } from './event-wake.js';
import type { EventsStatus } from './events-status.js';
import { EventsWorker } from './events.worker.js';

const never = new Promise<never>(() => {});

function workerOf(parts: { round?: Promise<boolean>; delivery?: Promise<void> }): EventsWorker {
  const { round = Promise.resolve(false), delivery = Promise.resolve() } = parts;
  return new EventsWorker(
    { round: () => round, retry: async () => false, forget: async () => false } as unknown as EventProcessor,
    {
      round: async () => false,
      setAsideUnheard: async () => false,
      ended: () => delivery,
    } as unknown as EventDeliverer,
    { names: ['Archive.keep'] } as unknown as EventHandlers,
    new EventWake(),
    {} as EventReader,
    {} as EventsStatus,
    { eventsInterval: 0 } as Config,
  );
}

describe('the end of the work on events', () => {
  beforeEach(() => {
    Logger.overrideLogger(false);
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
    Logger.overrideLogger(true);
  });

  const endOf = (worker: EventsWorker) => {
    let ended = false;
    worker.onApplicationBootstrap();
    void worker.beforeApplicationShutdown().then(() => (ended = true));
    return async (milliseconds: number) => {
      await jest.advanceTimersByTimeAsync(milliseconds);
      return ended;
    };
  };

  it('waits for what is under way, and for nothing else', async () => {
    let finish = () => undefined as void;
    const hasEnded = endOf(workerOf({ delivery: new Promise<void>((resolve) => (finish = resolve)) }));
    expect(await hasEnded(5000)).toBe(false);
    finish();
    expect(await hasEnded(0)).toBe(true);
  });

  it.each([{ delivery: never }, { round: never }])('waits no longer than ten seconds: %o', async (parts) => {
    const hasEnded = endOf(workerOf(parts));
    expect(await hasEnded(9999)).toBe(false);
    expect(await hasEnded(1)).toBe(true);
  });
});
