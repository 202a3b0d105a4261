import { Module } from '@nestjs/common';
import { CommonModule } from '../common/common.module.js';
import { DatabaseModule } from '../database/database.module.js';
import { EVENT_APPLIERS, type EventApplier } from '../mirror/event-applier.port.js';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { CertificateApplier } from './certificate.applier.js';
import { ConnectionApplier } from './connection.applier.js';
import { OrganizationDomainApplier } from './organization-domain.applier.js';
import { OrganizationApplier } from './organization.applier.js';
import { PermissionFollower } from './permission-follower.js';
import { RoleApplier } from './role.applier.js';

const APPLIERS = [
  OrganizationApplier,
  OrganizationDomainApplier,
  ConnectionApplier,
  CertificateApplier,
  RoleApplier,
];

/**
 * Carries WorkOS's events over into the local copies, and ends the sessions that they end. It owns no data: the copies
 * belong to the features below it, which it binds together where one event concerns several of them.
 */
@Module({
  imports: [CommonModule, DatabaseModule, OrganizationsModule, SessionsModule],
  providers: [
    ...APPLIERS,
    PermissionFollower,
    { provide: EVENT_APPLIERS, inject: APPLIERS, useFactory: (...appliers: EventApplier[]) => appliers },
  ],
  exports: [EVENT_APPLIERS],
})
export class SyncModule {}
