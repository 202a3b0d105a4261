import { Injectable, Logger } from '@nestjs/common';
import { AuditLog } from '../audit/audit-log.service.js';
import { Clock } from '../common/clock.js';
import { isTransient } from '../common/problem-error.js';
import { readEvent } from '../identity/workos-event.js';
import { describeFailure } from './describe-failure.js';
import { EventDeliveriesRepository, type Delivery } from './event-deliveries.repository.js';
import { EventHandlers } from './event-handlers.js';
import { nextAttempt } from './next-attempt.js';

/** Milliseconds after which a delivery that nobody settled is given to another node. */
const LEASE = 120_000;
const AT_ONCE = 8;

/** Hands events to the handlers of other modules, each on its own: one that fails or is slow holds up no other. */
@Injectable()
export class EventDeliverer {
  private readonly logger = new Logger('Events');

  constructor(
    private readonly deliveries: EventDeliveriesRepository,
    private readonly handlers: EventHandlers,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** @returns whether there was anything for this handler */
  async round(handler: string): Promise<boolean> {
    const now = this.clock.now();
    const claimed = await this.deliveries.claim(handler, now, new Date(now.getTime() + LEASE), AT_ONCE);
    await Promise.all(claimed.map((delivery) => this.deliver(delivery)));
    return claimed.length > 0;
  }

  private async deliver(delivery: Delivery): Promise<void> {
    try {
      const event = readEvent(delivery.event);
      if (event) await this.handlers.run(delivery.handler, event);
    } catch (error) {
      await this.failed(delivery, error);
      return;
    }
    await this.deliveries.settle(delivery, 'done');
  }

  private async failed(delivery: Delivery, error: unknown): Promise<void> {
    const { handler, event } = delivery;
    const failure = describeFailure(error);
    const next = nextAttempt(delivery.attempts - 1, isTransient(error), this.clock.now());
    this.logger.warn({ event: event.id, handler, attempts: delivery.attempts, failure }, 'a handler failed');
    await this.deliveries.settle(delivery, { next, error: failure });
    if (next.state !== 'dead') return;
    const details = { event: event.id, handler, attempts: next.attempts, failure };
    await this.audit.record({ action: 'event.set_aside', reason: event.event, details }, null);
  }
}
