import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { BusModule } from '../bus/bus.module.js';
import { InvalidationBus } from '../bus/invalidation-bus.port.js';
import { Clock } from '../common/clock.js';
import { CommonModule } from '../common/common.module.js';
import { ConfigModule } from '../config/config.module.js';
import { CryptoModule } from '../crypto/crypto.module.js';
import { DatabaseModule } from '../database/database.module.js';
import { Database } from '../database/database.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { RedisModule } from '../redis/redis.module.js';
import { Redis } from '../redis/redis.js';
import { WorkosModule } from '../workos/workos.module.js';
import { ExpiredSessionsSweeper } from './expired-sessions.sweeper.js';
import { LastSeenWriter } from './last-seen.writer.js';
import { RefreshTokens } from './refresh-tokens.js';
import { RevocationOutbox } from './revocation-outbox.js';
import { SamePersonRepository } from './same-person.repository.js';
import { CACHE_LIMITS, SessionCache } from './session-cache.js';
import { SessionGrants } from './session-grants.service.js';
import { SessionClaims } from './session-claims.js';
import { SessionIssuer } from './session-issuer.js';
import { SessionMetrics } from './session-metrics.js';
import { SessionRenewer } from './session-renewer.service.js';
import { SessionRevoker } from './session-revoker.service.js';
import { SessionStore } from './session-store.port.js';
import { SessionsService } from './sessions.service.js';
import { DatabaseSessionStore } from './stores/database.session-store.js';
import { RedisSessionStore } from './stores/redis.session-store.js';

/**
 * Sessions from their first to their last moment: issued, recognised by token, renewed, listed, ended on all nodes. It
 * owns the records, their limits and the node's memory of them; it knows nothing of cookies, headers or how a person
 * signed in. `REDIS_URL` chooses the store; nothing above it can tell which.
 */
@Module({
  imports: [
    AuditModule,
    BusModule,
    CommonModule,
    ConfigModule,
    CryptoModule,
    DatabaseModule,
    MetricsModule,
    RedisModule,
    WorkosModule,
  ],
  providers: [
    ExpiredSessionsSweeper,
    LastSeenWriter,
    RefreshTokens,
    RevocationOutbox,
    SamePersonRepository,
    SessionGrants,
    SessionClaims,
    SessionIssuer,
    SessionMetrics,
    SessionRenewer,
    SessionRevoker,
    SessionsService,
    {
      provide: SessionStore,
      inject: [Redis, Database, Clock],
      useFactory: (redis: Redis | null, database: Database, clock: Clock) =>
        redis ? new RedisSessionStore(redis, clock) : new DatabaseSessionStore(database, clock),
    },
    {
      provide: SessionCache,
      inject: [InvalidationBus],
      useFactory: (bus: InvalidationBus) => {
        const cache = new SessionCache(CACHE_LIMITS, () => bus.isUp());
        bus.subscribe(cache);
        return cache;
      },
    },
  ],
  exports: [
    SessionClaims,
    RevocationOutbox,
    SessionGrants,
    SessionIssuer,
    SessionRenewer,
    SessionRevoker,
    SessionStore,
    SessionsService,
  ],
})
export class SessionsModule {}
