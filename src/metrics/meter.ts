import type { Meter as OpenTelemetryMeter } from '@opentelemetry/api';

/**
 * What modules measure with: as much of OpenTelemetry's `Meter` as is needed here. Names and units follow its semantic
 * conventions. An attribute is a word of a closed set of ours: never a tenant, a person, an address or anything out of a request.
 */
export abstract class Meter implements Pick<
  OpenTelemetryMeter,
  | 'createCounter'
  | 'createHistogram'
  | 'createObservableCounter'
  | 'createObservableGauge'
  | 'addBatchObservableCallback'
  | 'removeBatchObservableCallback'
> {
  abstract readonly createCounter: OpenTelemetryMeter['createCounter'];
  abstract readonly createHistogram: OpenTelemetryMeter['createHistogram'];
  abstract readonly createObservableCounter: OpenTelemetryMeter['createObservableCounter'];
  abstract readonly createObservableGauge: OpenTelemetryMeter['createObservableGauge'];
  abstract readonly addBatchObservableCallback: OpenTelemetryMeter['addBatchObservableCallback'];
  abstract readonly removeBatchObservableCallback: OpenTelemetryMeter['removeBatchObservableCallback'];
}

/** Where the meter of an application comes from that collects by itself. Most do not: theirs is OpenTelemetry's global one. */
export abstract class MeterSource {
  abstract getMeter(name: string): Meter;
}
