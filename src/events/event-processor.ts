import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Counter } from '@opentelemetry/api';
import { AuditLog } from '../audit/audit-log.service.js';
import { Clock } from '../common/clock.js';
import { isOutage } from '../common/outage.js';
import { isTransient } from '../common/problem-error.js';
import { readEvent } from '../identity/workos-event.js';
import { Meter } from '../metrics/meter.js';
import { EVENT_APPLIERS, type EventApplier } from '../mirror/event-applier.port.js';
import type { MirrorTransaction } from '../mirror/tombstones.js';
import { RevocationOutbox } from '../sessions/revocation-outbox.js';
import { describeFailure } from './describe-failure.js';
import { EventHandlers } from './event-handlers.js';
import { EventQueueRepository, type QueuedEvent } from './event-queue.repository.js';
import { EventWake } from './event-wake.js';
import { nextAttempt } from './next-attempt.js';

/** Milliseconds for which an event is kept once it is done: ten times as long as WorkOS repeats a webhook. */
const KEPT = 30 * 86_400_000;
/** Rows at once: no lock is held for long. */
const FORGOTTEN = 500;

/** Milliseconds after which no further event of a batch is begun: whoever waits for these organizations does not wait long. */
const BATCH_TIME = 2000;

/** The server gave up on a statement that took too long (SQLSTATE 57014): it is there, and the event is at fault. */
const GAVE_UP = '57014';
/** Two transactions stood in each other's way (SQLSTATE 40001, 40P01, 55P03): nothing is wrong with either. */
const COLLISIONS = new Set(['40001', '40P01', '55P03']);

/**
 * Carries stored events over into the local copy, each exactly once: what its appliers write and that it is done are one
 * transaction. Any number of nodes do this side by side.
 */
@Injectable()
export class EventProcessor {
  private readonly logger = new Logger('Events');
  private readonly processed: Counter;
  private readonly appliers = new Map<string, EventApplier[]>();

  constructor(
    private readonly queue: EventQueueRepository,
    private readonly handlers: EventHandlers,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
    private readonly events: EventWake,
    private readonly outbox: RevocationOutbox,
    meter: Meter,
    @Inject(EVENT_APPLIERS) appliers: readonly EventApplier[],
  ) {
    this.processed = meter.createCounter('gatehouse.events.processed', {
      unit: '{event}',
      description:
        'Events of WorkOS by what became of an attempt: carried over, to be tried again, set aside.',
    });
    for (const applier of appliers)
      for (const name of applier.events)
        this.appliers.set(name, [...(this.appliers.get(name) ?? []), applier]);
  }

  /**
   * Takes what is due for the first time and does it in one transaction. Where that fails, nothing of it was done, and each
   * of its events is tried alone: only the one that fails by itself is held against.
   * @returns whether there was anything to do
   */
  round(): Promise<boolean> {
    return this.attempt(
      (work) => this.queue.inTransaction(work),
      (trx, now) => this.queue.claim(trx, now),
      (event) => this.alone(event),
    );
  }

  /**
   * Tries one event again that failed, with all the time that it may need: what is only large gets done, and what never gets
   * done holds up nobody but its own organization.
   * @returns whether there was one
   */
  retry(): Promise<boolean> {
    return this.attempt(
      (work) => this.queue.inPatientTransaction(work),
      (trx, now) => this.queue.claimFailed(trx, now),
      (event, error) => this.failed(event, error),
    );
  }

  /** Forgets what was done a month ago. @returns whether there may be more of it */
  async forget(): Promise<boolean> {
    const before = new Date(this.clock.now().getTime() - KEPT);
    return (await this.queue.forget(before, this.handlers.names, FORGOTTEN)) === FORGOTTEN;
  }

  private alone({ id }: QueuedEvent): Promise<boolean> {
    return this.attempt(
      (work) => this.queue.inTransaction(work),
      (trx, now) => this.queue.claimOne(trx, id, now),
      (event, error) => this.failed(event, error),
    );
  }

  private async attempt(
    transaction: EventQueueRepository['inTransaction'],
    claim: (trx: MirrorTransaction, now: Date) => Promise<QueuedEvent[]>,
    onFailure: (event: QueuedEvent, error: unknown) => Promise<unknown>,
  ): Promise<boolean> {
    let batch: QueuedEvent[] = [];
    try {
      const done = await transaction(async (trx) => {
        batch = await claim(trx, this.clock.now());
        return batch.length === 0 ? 0 : this.carryOver(trx, batch);
      });
      this.processed.add(done, { outcome: 'carried_over' });
    } catch (error) {
      if (batch.length === 0 || isAway(error)) throw error;
      for (const event of batch) await onFailure(event, error);
    }
    if (batch.length === 0) return false;
    // Whose access ended with what was just committed: not awaited, since it is a matter of its own from here on.
    void this.outbox.drain();
    this.events.wake();
    return true;
  }

  /** @returns how many were done: as many, from the first on, as there is time for */
  private async carryOver(trx: MirrorTransaction, batch: readonly QueuedEvent[]): Promise<number> {
    const end = this.clock.now().getTime() + BATCH_TIME;
    const done: QueuedEvent[] = [];
    for (const raw of batch) {
      if (done.length > 0 && this.clock.now().getTime() > end) break;
      const event = readEvent(raw);
      if (event) for (const applier of this.appliers.get(event.event) ?? []) await applier.apply(trx, event);
      done.push(raw);
    }
    const deliveries = done.flatMap(({ id, event }) =>
      this.handlers.namesFor(event).map((handler) => ({ eventId: id, handler })),
    );
    await this.queue.finish(
      trx,
      done.map(({ id }) => id),
      deliveries,
      this.clock.now(),
    );
    return done.length;
  }

  private async failed(event: QueuedEvent, error: unknown): Promise<void> {
    const now = this.clock.now();
    const next = nextAttempt(event.attempts, isTransient(error) || isCollision(error), now);
    const failure = describeFailure(error);
    const noted = await this.queue.fail(event, next, failure, now);
    this.logger.warn(
      { event: event.id, name: event.event, attempts: next.attempts, failure },
      'an event failed',
    );
    if (!noted) return;
    this.processed.add(1, { outcome: next.state === 'dead' ? 'set_aside' : 'failed' });
    if (next.state !== 'dead') return;
    await this.audit.record(
      {
        action: 'event.set_aside',
        reason: event.event,
        organizationId: event.organizationId,
        details: { event: event.id, attempts: next.attempts, failure },
      },
      null,
    );
  }
}

/** The database cannot be asked. A statement or a lock that took too long sounds like it, and is no such thing. */
function isAway(error: unknown): boolean {
  return isOutage(error) && !isCollision(error) && stateOf(error) !== GAVE_UP;
}

function isCollision(error: unknown): boolean {
  return COLLISIONS.has(stateOf(error));
}

function stateOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
