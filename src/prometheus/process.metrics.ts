import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Meter } from '../metrics/meter.js';
import { Observations } from '../metrics/observations.js';

/** Milliseconds between two looks at the event loop. What Node reports contains them. */
const RESOLUTION = 20;

/** How the process does, under the names that OpenTelemetry has for it. A host measures its process itself. */
@Injectable()
export class ProcessMetrics implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly delay = monitorEventLoopDelay({ resolution: RESOLUTION });

  constructor(meter: Meter, observations: Observations) {
    const gauge = (name: string, unit: string, description: string) =>
      meter.createObservableGauge(name, { unit, description });
    observations.add(
      () => this.look(),
      [
        {
          of: gauge(
            'nodejs.eventloop.delay.p99',
            's',
            'How late the event loop was, since the last reading.',
          ),
          value: ({ p99 }) => p99,
        },
        {
          of: gauge('nodejs.eventloop.delay.max', 's', 'The same at its worst.'),
          value: ({ max }) => max,
        },
        { of: gauge('process.memory.usage', 'By', 'Physical memory in use.'), value: ({ rss }) => rss },
        {
          of: gauge('v8js.memory.heap.used', 'By', 'Memory of objects.'),
          value: ({ heapUsed }) => heapUsed,
        },
      ],
    );
  }

  onApplicationBootstrap(): void {
    this.delay.enable();
  }

  onApplicationShutdown(): void {
    this.delay.disable();
  }

  private look() {
    const [p99, max] = [this.delay.percentile(99), this.delay.max].map((nanoseconds) =>
      Math.max(0, nanoseconds / 1e9 - RESOLUTION / 1000),
    );
    this.delay.reset();
    return { ...process.memoryUsage(), p99: p99 ?? 0, max: max ?? 0 };
  }
}
