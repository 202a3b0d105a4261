import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { ConfigModule } from '../config/config.module.js';
import { EventsModule } from '../events/index.js';
import { DeadLettersController } from './dead-letters.controller.js';
import { OperatorGuard } from './operator.guard.js';

/**
 * What the operators of the service may do from outside: look at events that were set aside, and let them go again. It
 * owns who counts as an operator, and nothing that it shows.
 */
@Module({
  imports: [AuditModule, ConfigModule, EventsModule],
  controllers: [DeadLettersController],
  providers: [OperatorGuard],
})
export class OperationsModule {}
