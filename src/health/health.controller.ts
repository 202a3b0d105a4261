import {
  Controller,
  Get,
  Inject,
  Res,
  type BeforeApplicationShutdown,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import type { Response } from 'express';
import { Public } from '../auth/index.js';
import { Answers } from '../common/answer.decorators.js';
import { Database } from '../database/database.js';
import { EventsStatus, type EventsState } from '../events/index.js';
import { Redis } from '../redis/redis.js';
import { isMigrated } from '../database/migrate.js';
import { liveness, readiness, type Readiness } from './health.schemas.js';

const NOT_READY = { also: { 503: { description: 'It cannot, and why', schema: readiness } } };

/** For the platform: does the process turn, and can it serve. */
@Public()
@Controller({ path: 'health', version: VERSION_NEUTRAL })
export class HealthController implements BeforeApplicationShutdown {
  private closing = false;

  constructor(
    private readonly database: Database,
    @Inject(Redis) private readonly redis: Redis | null,
    private readonly events: EventsStatus,
  ) {}

  @Answers(liveness, 'Does the process turn')
  @Get('live')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Answers(readiness, 'Can it serve', NOT_READY)
  @Get('ready')
  async ready(@Res({ passthrough: true }) response: Response): Promise<Readiness> {
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
