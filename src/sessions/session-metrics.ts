import { Injectable } from '@nestjs/common';
import { Meter } from '../metrics/meter.js';
import { Observations } from '../metrics/observations.js';
import { SessionsService } from './sessions.service.js';

/** Where checks of sessions are answered. Read from plain numbers: a counter of the meter would cost as much as the check. */
@Injectable()
export class SessionMetrics {
  constructor(meter: Meter, observations: Observations, { checks }: SessionsService) {
    const counter = meter.createObservableCounter('gatehouse.sessions.checks', {
      unit: '{check}',
      description: 'Checks of session tokens, by what answered: the memory of the node or the store.',
    });
    observations.add(
      () => checks,
      [
        { of: counter, value: ({ memory }) => memory, attributes: { answered_by: 'memory' } },
        { of: counter, value: ({ store }) => store, attributes: { answered_by: 'store' } },
      ],
    );
  }
}
