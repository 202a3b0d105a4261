import { Controller, Get, Inject, Res, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Response } from 'express';
import { Public } from '../auth/index.js';
import { Database } from '../database/database.js';
import { EventsStatus, type EventsState } from '../events/index.js';
import { Redis } from '../redis/redis.js';
import { isMigrated } from '../database/migrate.js';

/** For the platform: does the process turn, and can it serve. */
@Public()
@Controller('health')
export class HealthController implements BeforeApplicationShutdown {
  private closing = false;

  constructor(
    private readonly database: Database,
    @Inject(Redis) private readonly redis: Redis | null,
    private readonly events: EventsStatus,
  ) {}

  @Get('live')
  live() {
    return { status: 'ok' };
  }

  @Get('ready')
  async ready(@Res({ passthrough: true }) response: Response) {
    const [database, redis] = await Promise.all([this.databaseState(), this.redisState()]);
    const events = database === 'ok' ? await this.eventsState() : null;
    const ready = database === 'ok' && redis !== 'unreachable' && !this.closing;
    response.status(ready ? 200 : 503);
    if (!ready) response.setHeader('Retry-After', '5');
    return {
      status: ready ? 'ok' : 'unavailable',
      parts: {
        database,
        ...(redis === null ? {} : { redis }),
        process: this.closing ? 'shutting_down' : 'ok',
      },
      // For the eye alone: a node that lags behind serves no worse than the others, and no restart would help.
      events,
    };
  }

  beforeApplicationShutdown(): void {
    this.closing = true;
  }

  private async databaseState(): Promise<'ok' | 'migrating' | 'unreachable'> {
    try {
      await this.database.ping();
      return (await isMigrated(this.database)) ? 'ok' : 'migrating';
    } catch {
      // Whatever the reason, the answer for the platform is the same; the pool logs the error itself.
      return 'unreachable';
    }
  }

  private async eventsState(): Promise<EventsState | null> {
    return this.events.read().catch(() => null);
  }

  private async redisState(): Promise<'ok' | 'unreachable' | null> {
    if (!this.redis) return null;
    return this.redis.ping().then(
      () => 'ok' as const,
      () => 'unreachable' as const,
    );
  }
}
