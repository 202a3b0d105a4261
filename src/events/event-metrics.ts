import { Injectable } from '@nestjs/common';
import { Meter } from '../metrics/meter.js';
import { Observations } from '../metrics/observations.js';
import { EventsStatus } from './events-status.js';

/** How far the local copy is behind WorkOS, for whoever collects: one query a look. */
@Injectable()
export class EventMetrics {
  constructor(meter: Meter, observations: Observations, status: EventsStatus) {
    const gauge = (name: string, unit: string, description: string) =>
      meter.createObservableGauge(`gatehouse.events.${name}`, { unit, description });
    observations.add(
      () => status.read(),
      [
        {
          of: gauge('lag', 's', 'For how long the oldest event that is due has been waiting.'),
          value: ({ lagSeconds }) => lagSeconds,
        },
        {
          of: gauge('waiting', '{event}', 'Events that wait to be carried over, up to 1000.'),
          value: ({ waiting }) => waiting,
        },
        {
          of: gauge('dead', '{event}', 'Events that were set aside, up to 1000.'),
          value: ({ dead }) => dead,
        },
        {
          of: gauge('behind', '1', '1 where the copy may lag behind by more than was promised.'),
          value: ({ behind }) => Number(behind),
        },
      ],
    );
  }
}
