import { Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { ConfigModule } from '../config/config.module.js';
import { Config } from '../config/config.js';
import { DatabaseModule } from '../database/database.module.js';
import { Database } from '../database/database.js';
import { RedisModule } from '../redis/redis.module.js';
import { Redis } from '../redis/redis.js';
import { ConnectedBus } from './connected.bus.js';
import { InProcessBus } from './in-process.bus.js';
import { InvalidationBus } from './invalidation-bus.port.js';
import { PostgresTransport } from './postgres.transport.js';
import { RedisTransport } from './redis.transport.js';

/**
 * How nodes tell each other what is no longer true: over Redis, over PostgreSQL, or within the process where the database is
 * the embedded one, which no other node shares. It owns the connection that listens; it knows nothing of sessions.
 */
@Module({
  imports: [ConfigModule, DatabaseModule, RedisModule],
  providers: [
    {
      provide: InvalidationBus,
      inject: [Config, Database, Redis],
      useFactory: ({ databaseUrl, redisUrl }: Config, database: Database, redis: Redis | null) => {
        if (redisUrl !== null && redis) return new ConnectedBus(new RedisTransport(redisUrl, redis));
        return databaseUrl === null
          ? new InProcessBus()
          : new ConnectedBus(new PostgresTransport(databaseUrl, database));
      },
    },
  ],
  exports: [InvalidationBus],
})
export class BusModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(private readonly bus: InvalidationBus) {}

  onApplicationBootstrap(): void {
    this.bus.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.bus.close();
  }
}
