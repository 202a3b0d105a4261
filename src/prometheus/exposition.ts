import { Injectable, Logger } from '@nestjs/common';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { MeterSource, type Meter } from '../metrics/meter.js';

/** The text format of Prometheus. */
export const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** What this application measures, as Prometheus reads it. Its own, and not the process's: two applications do not mix. */
@Injectable()
export class Exposition extends MeterSource {
  private readonly logger = new Logger('Metrics');
  // It has a server of its own, which says nothing of errors and knows no HEAD: only its reader is used.
  private readonly reader = new PrometheusExporter({ preventServerStart: true });
  private readonly provider = new MeterProvider({ readers: [this.reader] });
  // Without scope and resource: both say which library measured on which machine, and tell strangers versions and names.
  private readonly serializer = new PrometheusSerializer(undefined, false, undefined, true, true);
  private reading: Promise<string> | null = null;

  getMeter(name: string): Meter {
    return this.provider.getMeter(name);
  }

  /** One look at everything at a time, however many ask: each costs the database a question or two. */
  text(): Promise<string> {
    this.reading ??= this.read().finally(() => (this.reading = null));
    return this.reading;
  }

  private async read(): Promise<string> {
    const { resourceMetrics, errors } = await this.reader.collect();
    for (const error of errors) this.logger.warn({ err: error }, 'a metric could not be read');
    return this.serializer.serialize(resourceMetrics);
  }
}
