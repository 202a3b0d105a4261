import { Module } from '@nestjs/common';
import { MeterSeat } from './meter.seat.js';
import { Meter } from './meter.js';
import { Observations } from './observations.js';

/**
 * The meter of the application. It owns no metric and no address: features measure what is theirs, and who collects is up to
 * the root. One with a `MeterSource` collects by itself; in any other the meter is OpenTelemetry's global one, which costs
 * nothing where nobody has registered an SDK.
 */
@Module({
  providers: [
    MeterSeat,
    { provide: Meter, inject: [MeterSeat], useFactory: (seat: MeterSeat) => seat.meter('gatehouse') },
    Observations,
  ],
  exports: [Meter, MeterSeat, Observations],
})
export class MetricsModule {}
