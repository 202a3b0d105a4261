import { Module } from '@nestjs/common';
import { DatabaseModule } from '../database/database.module.js';
import { EventsModule } from '../events/index.js';
import { RedisModule } from '../redis/redis.module.js';
import { HealthController } from './health.controller.js';

/** Liveness and readiness for the platform. It owns nothing and asks the stores. */
@Module({ imports: [DatabaseModule, EventsModule, RedisModule], controllers: [HealthController] })
export class HealthModule {}
