import { Injectable, Logger } from '@nestjs/common';
import { sql } from 'kysely';
import { Clock } from '../common/clock.js';
import { Config } from '../config/config.js';
import { Database } from '../database/database.js';
import type { EventsState } from './event.schemas.js';

/** Seconds: lost webhooks are to be repaired within this time. */
const PROMISED = 300;
/** No more than this many are counted: a probe must not get slower the worse things stand. */
const COUNTED = 1000;

/** How far the local copy is behind WorkOS, for probes and for the log. */
@Injectable()
export class EventsStatus {
  private readonly logger = new Logger('Events');

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  async read(): Promise<EventsState> {
    const now = this.clock.now();
    const { rows } = await sql<{ oldest: Date | null; waiting: number; dead: number; read_at: Date | null }>`
      select
        (select min(due_at) from workos_events where state = 'pending') as oldest,
        (select count(*)::int from (
          select 1 from workos_events where state = 'pending' limit ${COUNTED}) as waiting) as waiting,
        (select count(*)::int from ((select 1 from workos_events where state = 'dead' limit ${COUNTED})
          union all (select 1 from event_deliveries where state = 'dead' limit ${COUNTED})
          limit ${COUNTED}) as dead) as dead,
        (select max(read_at) from event_cursors) as read_at
    `.execute(this.database);
    const { oldest = null, waiting = 0, dead = 0, read_at: readAt = null } = rows[0] ?? {};
    const secondsSince = (time: Date) => Math.max(0, Math.floor((now.getTime() - time.getTime()) / 1000));
    const lagSeconds = oldest === null ? 0 : secondsSince(oldest);
    const unread = this.config.eventsInterval > 0 && (readAt === null || secondsSince(readAt) > PROMISED);
    return {
      lagSeconds,
      lastReadAt: readAt?.toISOString() ?? null,
      waiting,
      dead,
      behind: unread || lagSeconds > PROMISED,
    };
  }

  /** Raises an alarm in the log where the promise is broken. */
  async watch(): Promise<void> {
    const state = await this.read();
    if (state.behind) this.logger.error({ events: state }, 'the local copy is behind WorkOS');
  }
}
