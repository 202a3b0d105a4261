import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { AuthModule } from '../auth/index.js';
import { CommonModule } from '../common/common.module.js';
import { ConfigModule } from '../config/config.module.js';
import { DatabaseModule } from '../database/database.module.js';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { SyncModule } from '../sync/sync.module.js';
import { UsersModule } from '../users/users.module.js';
import { AuditEventsController } from './audit-events.controller.js';
import { MembersController } from './members.controller.js';
import { Members } from './members.service.js';
import { OrganizationController } from './organization.controller.js';
import { OrganizationOverview } from './organization-overview.service.js';
import { PolicyEnforcer } from './policy-enforcer.service.js';
import { PolicyEditor } from './policy-editor.service.js';
import { PortalLinks } from './portal-links.service.js';

/**
 * What an organization's own administrators see and do: its domains and connections, its policy, links to WorkOS's portal,
 * its members and their sessions, its audit log. It owns no records of its own, and knows one tenant at a time: the one
 * of the session. Operators of the service have no part here.
 */
@Module({
  imports: [
    AuditModule,
    AuthModule,
    CommonModule,
    ConfigModule,
    DatabaseModule,
    OrganizationsModule,
    SessionsModule,
    SyncModule,
    UsersModule,
  ],
  controllers: [AuditEventsController, MembersController, OrganizationController],
  providers: [Members, OrganizationOverview, PolicyEditor, PolicyEnforcer, PortalLinks],
})
export class AdministrationModule {}
