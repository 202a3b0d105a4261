import { Inject, Injectable, Logger } from '@nestjs/common';
import { AuditLog } from '../audit/audit-log.service.js';
import { Clock } from '../common/clock.js';
import { endsWithin } from '../common/deadline.js';
import { isTransient } from '../common/problem-error.js';
import { readAnyEvent } from '../identity/other-events.js';
import { describeFailure } from './describe-failure.js';
import { EventDeliveriesRepository, type Delivery } from './event-deliveries.repository.js';
import { EventHandlers } from './event-handlers.js';
import { nextAttempt } from './next-attempt.js';

/** Milliseconds after which a delivery that nobody settled is given to another node. */
const LEASE = 120_000;
/** Milliseconds after which nobody is expected to come back for it: longer than a version is tried out beside another one. */
const UNHEARD = 7 * 86_400_000;
/** Rows at once: no lock is held for long. */
const SET_ASIDE = 1000;
/** Deliveries to one handler that are under way together. */
const AT_ONCE = 8;

/** The milliseconds that a handler may take for an event. */
export const HANDLER_DEADLINE = Symbol('handler deadline');

/**
 * Hands events to the handlers of other modules, each on its own: one that fails or is slow holds up no other, and an
 * event that a handler cannot get done holds up no other event.
 */
@Injectable()
export class EventDeliverer {
  private readonly logger = new Logger('Events');
  private readonly underWay = new Map<string, Set<Promise<void>>>();

  constructor(
    private readonly deliveries: EventDeliveriesRepository,
    private readonly handlers: EventHandlers,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
    @Inject(HANDLER_DEADLINE) private readonly deadline: number,
  ) {}

  /**
   * Begins what is due for this handler, and waits until it may take more.
   * @returns whether there was anything for it
   */
  async round(handler: string): Promise<boolean> {
    const busy = this.underWay.get(handler) ?? new Set();
    this.underWay.set(handler, busy);
    const now = this.clock.now();
    const leaseEnd = new Date(now.getTime() + LEASE);
    const claimed = await this.deliveries.claim(handler, now, leaseEnd, AT_ONCE - busy.size);
    for (const delivery of claimed) {
      const done = this.deliver(delivery).finally(() => busy.delete(done));
      busy.add(done);
    }
    if (busy.size >= AT_ONCE) await Promise.race(busy);
    return claimed.length > 0;
  }

  /**
   * Sets aside what handlers were owed that are not here any more, so that an operator finds it: renamed or removed, nobody
   * asks for it.
   * @returns whether there may be more of it
   */
  async setAsideUnheard(): Promise<boolean> {
    const dueBefore = new Date(this.clock.now().getTime() - UNHEARD);
    const owed = await this.deliveries.setAside(this.handlers.names, dueBefore, SET_ASIDE);
    for (const [handler, { length: deliveries }] of Map.groupBy(owed, (name) => name)) {
      this.logger.warn({ handler, deliveries }, 'a handler that is gone was still owed events');
      await this.audit.record({ action: 'event.set_aside', details: { handler, deliveries } }, null);
    }
    return owed.length === SET_ASIDE;
  }

  /** Resolves when everything has ended that was under way. */
  async ended(): Promise<void> {
    await Promise.all([...this.underWay.values()].flatMap((busy) => [...busy]));
  }

  /** Never throws: what could not be noted is due again when its lease ends. */
  private async deliver(delivery: Delivery): Promise<void> {
    try {
      const failure = await this.attempt(delivery);
      if (failure === null) await this.deliveries.settle(delivery, 'done');
      else await this.failed(delivery, failure.error);
    } catch (error) {
      const { event, handler } = delivery;
      this.logger.warn(
        { event: event.id, handler, failure: describeFailure(error) },
        'how a delivery ended is not noted',
      );
    }
  }

  private async attempt({ handler, event: raw }: Delivery): Promise<{ error: unknown } | null> {
    try {
      const event = readAnyEvent(raw);
      if (!event || (await endsWithin(this.deadline, this.handlers.run(handler, event)))) return null;
      return { error: new HandlerTimeout() };
    } catch (error) {
      return { error };
    }
  }

  private async failed(delivery: Delivery, error: unknown): Promise<void> {
    const { handler, event } = delivery;
    const failure = describeFailure(error);
    const next = nextAttempt(delivery.attempts - 1, isTransient(error), this.clock.now());
    this.logger.warn({ event: event.id, handler, attempts: delivery.attempts, failure }, 'a handler failed');
    const noted = await this.deliveries.settle(delivery, { next, error: failure });
    if (!noted || next.state !== 'dead') return;
    const { event: reason, organizationId } = event;
    const details = { event: event.id, handler, attempts: next.attempts, failure };
    await this.audit.record({ action: 'event.set_aside', reason, organizationId, details }, null);
  }
}

/** Counts against the event, unlike an outage: a handler that never ends would else be begun anew for ever. */
class HandlerTimeout extends Error {
  constructor() {
    super('a handler took too long');
    this.name = 'HandlerTimeout';
  }
}
