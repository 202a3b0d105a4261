import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { AuditLog } from '../audit/audit-log.service.js';
import { Clock } from '../common/clock.js';
import { Random } from '../common/random.js';
import { Config } from '../config/config.js';
import { EventSource, LOG_RETENTION } from '../identity/event-source.port.js';
import { WORKOS_EVENTS } from '../identity/workos-event.js';
import { EventCursorsRepository, type CursorChange, type Lease } from './event-cursors.repository.js';
import { EventHandlers } from './event-handlers.js';
import { EventInbox } from './event-inbox.js';
import { Reconciler } from './reconciler.js';

type Reconciling = NonNullable<Lease['reconciling']>;

const NAME = 'events_api';
/** Milliseconds for which a reader that says nothing keeps the lease: longer than WorkOS may take for one answer. */
const LEASE = 30_000;
/** Whoever did not read for as long has missed some, whatever the cursor says; a day before it is so. */
const UNREAD_AT_MOST = LOG_RETENTION - 86_400_000;
/** Milliseconds that WorkOS's clock and this one may be apart. */
const CLOCK_SKEW = 60_000;

/**
 * Reads WorkOS's own log, so that no webhook that was lost stays lost. One node at a time, from where the last one
 * stopped. Where there is nothing to go on from, everything there is is looked at once, and the log is followed from
 * where it stood before that.
 */
@Injectable()
export class EventReader implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Events');
  private ending = false;

  constructor(
    private readonly source: EventSource,
    private readonly cursors: EventCursorsRepository,
    private readonly inbox: EventInbox,
    private readonly reconciler: Reconciler,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly config: Config,
    private readonly handlers: EventHandlers,
  ) {}

  /** What the service acts on, and what else somebody waits for. */
  private get names(): readonly string[] {
    return [...new Set([...Object.keys(WORKOS_EVENTS), ...this.handlers.events])];
  }

  /** Reads to the end, unless another node does, or did within most of the interval (`force`: whenever that was). */
  async round(force = false): Promise<void> {
    const now = this.clock.now();
    const recently = force ? 0 : this.config.eventsInterval * 875;
    const holder = this.random.id('reader', now);
    const readBefore = new Date(now.getTime() - recently);
    const lease = await this.cursors.acquire(NAME, holder, now, this.leaseEnd(), readBefore);
    if (!lease) return;
    try {
      await this.follow(lease, await this.startOf(lease));
    } finally {
      await this.cursors.update(NAME, lease, { lease_until: null });
    }
  }

  /** What is under way ends at the next page: a reconciliation may take hours. */
  beforeApplicationShutdown(): void {
    this.ending = true;
  }

  private async startOf(lease: Lease): Promise<string | null> {
    const { reconciling, readAt, cursor } = lease;
    if (reconciling && !this.isOver(reconciling.since)) return this.reconcile(lease, reconciling);
    if (readAt === null) {
      this.logger.log('the Events API was never read: reconciling with what there is');
      return this.reconcile(lease, await this.begin(lease));
    }
    return this.isOver(readAt) ? this.lost(lease) : cursor;
  }

  /** Whether WorkOS may have forgotten what happened just after this. */
  private isOver(time: Date): boolean {
    return this.clock.now().getTime() - time.getTime() > UNREAD_AT_MOST;
  }

  private async follow(lease: Lease, start: string | null): Promise<void> {
    let cursor = start;
    for (;;) {
      const page = await this.source.read(cursor, this.names);
      if (page === 'cursor_lost') {
        cursor = await this.lost(lease);
        continue;
      }
      await this.inbox.receive(page.events, 'events_api');
      const ended = page.cursor === null;
      cursor = page.cursor ?? cursor;
      const readAt = ended ? { read_at: this.clock.now() } : {};
      await this.keep(lease, { cursor, ...readAt });
      if (ended || this.ending) return;
    }
  }

  /** What happened since the cursor cannot be read any more: loud, since between then and now anything may be stale. */
  private async lost(lease: Lease): Promise<string | null> {
    const lastRead = lease.readAt?.toISOString() ?? 'never';
    this.logger.error({ lastRead }, 'the place in the Events API is lost: reconciling with all there is');
    await this.audit.record({ action: 'events.cursor_lost', details: { lastRead } }, null);
    return this.reconcile(lease, await this.begin(lease));
  }

  /** Kept until it has ended: whoever begins it again writes nothing anew, and raises no second alarm. */
  private async begin(lease: Lease): Promise<Reconciling> {
    const to = await this.source.end(this.names);
    const since = new Date(this.clock.now().getTime() - CLOCK_SKEW);
    await this.keep(lease, { reconciling_since: since, reconciling_to: to });
    return { since, to };
  }

  private async reconcile(lease: Lease, { since, to }: Reconciling): Promise<string | null> {
    const found = await this.reconciler.run(since, () => this.goOn(lease));
    const over = { reconciling_since: null, reconciling_to: null };
    await this.keep(lease, { cursor: to, read_at: this.clock.now(), ...over });
    await this.audit.record({ action: 'events.reconciled', details: { ...found } }, null);
    return to;
  }

  /** @throws where the process ends, too: it is begun again elsewhere, and what was told is not told anew */
  private async goOn(lease: Lease): Promise<void> {
    if (this.ending) throw new ProcessEnds();
    await this.keep(lease, {});
  }

  /** @throws where another node reads by now */
  private async keep(lease: Lease, change: CursorChange): Promise<void> {
    const kept = await this.cursors.update(NAME, lease, { ...change, lease_until: this.leaseEnd() });
    if (!kept) throw new LeaseLost();
  }

  private leaseEnd(): Date {
    return new Date(this.clock.now().getTime() + LEASE);
  }
}

class ProcessEnds extends Error {
  constructor() {
    super('the process ends');
    this.name = 'ProcessEnds';
  }
}

class LeaseLost extends Error {
  constructor() {
    super('another node reads the Events API');
    this.name = 'LeaseLost';
  }
}
