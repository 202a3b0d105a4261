import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { CommonModule } from '../common/common.module.js';
import { ConfigModule } from '../config/config.module.js';
import { DatabaseModule } from '../database/database.module.js';
import { DirectoriesModule } from '../directories/directories.module.js';
import { EVENT_APPLIERS, type EventApplier } from '../mirror/event-applier.port.js';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { UsersModule } from '../users/users.module.js';
import { ApiKeyApplier } from './api-key.applier.js';
import { DirectoryAccess } from './directory-access.service.js';
import { DirectoryAdmission } from './directory-admission.service.js';
import { CertificateApplier } from './certificate.applier.js';
import { ClaimsFollower } from './claims-follower.js';
import { ClaimsOutbox } from './claims-outbox.js';
import { ConnectionApplier } from './connection.applier.js';
import { DirectoryPeople } from './directory-people.service.js';
import { DirectoryGroupApplier } from './directory-group.applier.js';
import { DirectoryUserApplier } from './directory-user.applier.js';
import { DirectoryApplier } from './directory.applier.js';
import { LatecomersRepository } from './latecomers.repository.js';
import { Latecomers } from './latecomers.service.js';
import { MemberAccess } from './member-access.service.js';
import { MemberRoles } from './member-roles.service.js';
import { MembersRepository } from './members.repository.js';
import { MembersService } from './members.service.js';
import { MembershipApplier } from './membership.applier.js';
import { OrganizationDomainApplier } from './organization-domain.applier.js';
import { OrganizationApplier } from './organization.applier.js';
import { PeopleLinker } from './people-linker.service.js';
import { RoleApplier } from './role.applier.js';
import { UserApplier } from './user.applier.js';
import { WorkosSessionApplier } from './workos-session.applier.js';

const APPLIERS = [
  OrganizationApplier,
  OrganizationDomainApplier,
  ConnectionApplier,
  CertificateApplier,
  RoleApplier,
  UserApplier,
  MembershipApplier,
  WorkosSessionApplier,
  ApiKeyApplier,
  DirectoryApplier,
  DirectoryUserApplier,
  DirectoryGroupApplier,
];

/**
 * People, their organization and its directories taken together. It carries WorkOS's events over into the copies of each, ends
 * the sessions that they end and makes the others follow; and it answers whoever asks who is a member, whether they may come
 * in or act, and as what. Its own are the kinds of `ClaimsOutbox` and the `leases`: all other records belong to the features
 * below, which it may import. It neither receives events nor signs anybody in.
 */
@Module({
  imports: [
    AuditModule,
    CommonModule,
    ConfigModule,
    DatabaseModule,
    DirectoriesModule,
    OrganizationsModule,
    SessionsModule,
    UsersModule,
  ],
  providers: [
    ...APPLIERS,
    ClaimsFollower,
    ClaimsOutbox,
    DirectoryAccess,
    DirectoryAdmission,
    DirectoryPeople,
    Latecomers,
    LatecomersRepository,
    MemberAccess,
    MemberRoles,
    MembersRepository,
    MembersService,
    PeopleLinker,
    { provide: EVENT_APPLIERS, inject: APPLIERS, useFactory: (...appliers: EventApplier[]) => appliers },
  ],
  exports: [
    EVENT_APPLIERS,
    ClaimsFollower,
    DirectoryAccess,
    DirectoryAdmission,
    MemberAccess,
    MemberRoles,
    MembersService,
  ],
})
export class SyncModule {}
