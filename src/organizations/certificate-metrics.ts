import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { Meter } from '../metrics/meter.js';
import { Observations } from '../metrics/observations.js';
import { WARNING_DAYS } from './certificate-life.js';
import { CertificatesRepository } from './certificates.repository.js';

/** How many companies are about to be locked out, for whoever collects. */
@Injectable()
export class CertificateMetrics {
  constructor(meter: Meter, observations: Observations, repository: CertificatesRepository, clock: Clock) {
    const ending = meter.createObservableGauge('gatehouse.certificates.ending', {
      unit: '{certificate}',
      description: 'Certificates of active connections that end within these days; 0: that have ended.',
    });
    observations.add(
      () => repository.countEnding(clock.now(), WARNING_DAYS),
      WARNING_DAYS.map((days, at) => ({
        of: ending,
        value: (counts) => counts[at] ?? 0,
        attributes: { within_days: days },
      })),
    );
  }
}
