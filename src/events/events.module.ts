import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { AuditModule } from '../audit/audit.module.js';
import { CommonModule } from '../common/common.module.js';
import { ConfigModule } from '../config/config.module.js';
import { DatabaseModule } from '../database/database.module.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { SyncModule } from '../sync/sync.module.js';
import { WorkosModule } from '../workos/workos.module.js';
import { DeadLetters } from './dead-letters.repository.js';
import { EventCursorsRepository } from './event-cursors.repository.js';
import { EventDeliverer, HANDLER_DEADLINE } from './event-deliverer.js';
import { EventDeliveriesRepository } from './event-deliveries.repository.js';
import { EventHandlers } from './event-handlers.js';
import { EventInbox } from './event-inbox.js';
import { EventMetrics } from './event-metrics.js';
import { EventProcessor } from './event-processor.js';
import { EventQueueRepository } from './event-queue.repository.js';
import { EventReader } from './event-reader.js';
import { EventsStatus } from './events-status.js';
import { LocalCopyRepository } from './local-copy.repository.js';
import { Reconciler } from './reconciler.js';
import { EventWake } from './event-wake.js';
import { EventsWorker } from './events.worker.js';

/**
 * What WorkOS tells: kept, carried over into the local copy by the appliers below it, in order for each object and once
 * for each event, then handed to whoever asked with `@OnWorkosEvent`. It owns the inbox, its processing and the reading
 * of the Events API; what an event means is the business of the appliers.
 */
@Module({
  imports: [
    AuditModule,
    CommonModule,
    ConfigModule,
    DatabaseModule,
    DiscoveryModule,
    MetricsModule,
    SessionsModule,
    SyncModule,
    WorkosModule,
  ],
  providers: [
    DeadLetters,
    EventCursorsRepository,
    EventDeliverer,
    EventDeliveriesRepository,
    EventHandlers,
    EventInbox,
    EventMetrics,
    EventProcessor,
    EventQueueRepository,
    EventReader,
    EventsStatus,
    LocalCopyRepository,
    Reconciler,
    EventWake,
    EventsWorker,
    { provide: HANDLER_DEADLINE, useValue: 60_000 },
  ],
  exports: [DeadLetters, EventInbox, EventWake, EventsStatus, WorkosModule],
})
export class EventsModule {}
