import { Module } from '@nestjs/common';
import { CommonModule } from '../common/common.module.js';
import { DatabaseModule } from '../database/database.module.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { AuditLog } from './audit-log.service.js';
import { AuditTrailRepository } from './audit-trail.repository.js';
import { AuditTrail } from './audit-trail.service.js';
import { AuditRepository } from './audit.repository.js';

/** The audit log. It owns its records and decides nothing; every feature may write to it. */
@Module({
  imports: [CommonModule, DatabaseModule, MetricsModule],
  providers: [AuditLog, AuditTrail, AuditRepository, AuditTrailRepository],
  exports: [AuditLog, AuditTrail],
})
export class AuditModule {}
