import { Module } from '@nestjs/common';
import { Clock, SystemClock } from './clock.js';
import { Draining } from './draining.js';
import { Random, SystemRandom } from './random.js';

/**
 * What every layer stands on: the clock, randomness, the error table and its filter, the request's origin.
 * It knows no feature and imports none. A test replaces `Clock` to move time.
 */
@Module({
  providers: [
    Draining,
    { provide: Clock, useClass: SystemClock },
    { provide: Random, useClass: SystemRandom },
  ],
  exports: [Clock, Draining, Random],
})
export class CommonModule {}
