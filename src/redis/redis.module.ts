import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { ConfigModule } from '../config/config.module.js';
import { Config } from '../config/config.js';
import { Redis } from './redis.js';

/**
 * Redis: the one that `REDIS_URL` names, or `null` under the same token where none is. It owns the connection; keys and
 * channels belong to the features that use them. A Redis that is away keeps no node from starting.
 */
@Module({
  imports: [ConfigModule],
  providers: [
    {
      provide: Redis,
      inject: [Config],
      useFactory: async ({ redisUrl }: Config) => {
        if (redisUrl === null) return null;
        const redis = new Redis(redisUrl);
        await redis.start();
        return redis;
      },
    },
  ],
  exports: [Redis],
})
export class RedisModule implements OnApplicationShutdown {
  constructor(@Inject(Redis) private readonly redis: Redis | null) {}

  onApplicationShutdown(): void {
    this.redis?.close();
  }
}
