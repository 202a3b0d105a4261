import { Module } from '@nestjs/common';
import { ConfigModule } from '../config/config.module.js';
import { MeterSeat } from '../metrics/meter.seat.js';
import { MeterSource } from '../metrics/meter.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { Exposition } from './exposition.js';
import { MetricsListener } from './metrics.listener.js';
import { ProcessMetrics } from './process.metrics.js';
import { PrometheusController } from './prometheus.controller.js';

/**
 * What the service measures, for Prometheus: on its own port or at `/metrics`. It owns the collecting, and what is measured
 * of the process; everything else is measured where it happens. Only the root of the service imports it: a host collects
 * with an SDK of its own. With it every meter of the application is this one's.
 */
@Module({
  imports: [ConfigModule, MetricsModule],
  controllers: [PrometheusController],
  providers: [
    Exposition,
    {
      provide: MeterSource,
      inject: [Exposition, MeterSeat],
      useFactory: (exposition: Exposition, seat: MeterSeat) => seat.take(exposition),
    },
    MetricsListener,
    ProcessMetrics,
  ],
})
export class PrometheusModule {}
