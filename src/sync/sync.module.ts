import { Module } from '@nestjs/common';
import { CommonModule } from '../common/common.module.js';
import { EVENT_APPLIERS, type EventApplier } from '../mirror/event-applier.port.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { UsersModule } from '../users/users.module.js';
import { MembershipApplier } from './membership.applier.js';
import { UserApplier } from './user.applier.js';
import { WorkosSessionApplier } from './workos-session.applier.js';

const APPLIERS = [UserApplier, MembershipApplier, WorkosSessionApplier];

/**
 * Carries WorkOS's events over into the local copies, and ends the sessions that they end. It owns no data: the copies
 * belong to the features below it, which it binds together where one event concerns several of them.
 */
@Module({
  imports: [CommonModule, SessionsModule, UsersModule],
  providers: [
    ...APPLIERS,
    { provide: EVENT_APPLIERS, inject: APPLIERS, useFactory: (...appliers: EventApplier[]) => appliers },
  ],
  exports: [EVENT_APPLIERS],
})
export class SyncModule {}
