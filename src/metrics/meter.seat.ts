import { Injectable } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { metrics } from '@opentelemetry/api';
import { MeterSource, type Meter } from './meter.js';

/**
 * Where an application that collects by itself leaves its source of meters, and where every module finds it. Nest makes all
 * modules side by side, so whoever is early waits.
 */
@Injectable()
export class MeterSeat {
  private readonly taken = Promise.withResolvers<MeterSource>();

  constructor(private readonly modules: ModulesContainer) {}

  take(source: MeterSource): MeterSource {
    this.taken.resolve(source);
    return source;
  }

  /** Where no module of the application brings a `MeterSource`, nobody will come: the meter is the process's. */
  async meter(name: string): Promise<Meter> {
    const brought = [...this.modules.values()].some(({ providers }) => providers.has(MeterSource));
    return (brought ? await this.taken.promise : metrics).getMeter(name);
  }
}
