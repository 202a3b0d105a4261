import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Attributes, BatchObservableResult, Observable } from '@opentelemetry/api';
import { within } from '../common/deadline.js';
import { Meter } from './meter.js';

/** Milliseconds: a store that does not answer holds up nobody who reads all the rest. */
const PATIENCE = 1000;

export interface Observed<Answer> {
  readonly of: Observable;
  readonly value: (answer: Answer) => number;
  readonly attributes?: Attributes;
}

/** What is looked up each time that somebody collects, for as long as the application runs. */
@Injectable()
export class Observations implements OnApplicationShutdown {
  private readonly ends: (() => void)[] = [];

  constructor(private readonly meter: Meter) {}

  /**
   * Asks once for all values. Where there is no answer in time they are NaN: collectors would go on with the last ones, and
   * show a calm that nobody has seen.
   */
  add<Answer>(ask: () => Answer | Promise<Answer>, observed: readonly Observed<Answer>[]): void {
    const look = async (result: BatchObservableResult): Promise<void> => {
      const read = await within(PATIENCE, answered(ask)).catch(() => null);
      for (const { of, value, attributes } of observed)
        result.observe(of, read === null ? NaN : value(read.answer), attributes);
    };
    const instruments = [...new Set(observed.map(({ of }) => of))];
    this.meter.addBatchObservableCallback(look, instruments);
    this.ends.push(() => this.meter.removeBatchObservableCallback(look, instruments));
  }

  /** The meter may be that of the process, which outlives this application. */
  onApplicationShutdown(): void {
    for (const end of this.ends) end();
  }
}

async function answered<Answer>(ask: () => Answer | Promise<Answer>): Promise<{ readonly answer: Answer }> {
  return { answer: await ask() };
}
