import { Module } from '@nestjs/common';
import { APP_GUARD, HttpAdapterHost } from '@nestjs/core';
import { AuditModule } from '../audit/audit.module.js';
import { BusModule } from '../bus/bus.module.js';
import { CommonModule } from '../common/common.module.js';
import { ConfigModule } from '../config/config.module.js';
import { CryptoModule } from '../crypto/crypto.module.js';
import { DatabaseModule } from '../database/database.module.js';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { SyncModule } from '../sync/sync.module.js';
import { UsersModule } from '../users/users.module.js';
import { WorkosModule } from '../workos/workos.module.js';
import { AdmissionService } from './admission.service.js';
import { Authenticator } from './authenticator.js';
import { BreakGlassController } from './break-glass/break-glass.controller.js';
import { BreakGlassPassesRepository } from './break-glass/break-glass-passes.repository.js';
import { BreakGlassService } from './break-glass/break-glass.service.js';
import { CallbackService } from './callback.service.js';
import { ConnectionMemory } from './connection-memory.js';
import { Cookies } from './cookies.js';
import { AccessTokenJudge } from './credentials/access-token.judge.js';
import { ApiKeyJudge } from './credentials/api-key.judge.js';
import { TokenUsers } from './credentials/token-users.service.js';
import { CrossOriginGuard } from './cross-origin.guard.js';
import { Handshakes } from './handshakes.service.js';
import { LogoutService } from './logout.service.js';
import { MeController } from './me.controller.js';
import { CredentialReader, PassportCredentialReader } from './passport.provider.js';
import { OrganizationSwitch } from './organization-switch.service.js';
import { OpenConnections } from './open-connections.js';
import { PendingSignIns } from './pending-sign-ins.service.js';
import { PrincipalContext } from './principal-context.js';
import { ResourceGuard } from './resource-guard.service.js';
import { SessionGuard } from './session.guard.js';
import { SessionOrganizationController } from './session-organization.controller.js';
import { SessionsController } from './sessions.controller.js';
import { SignInFinishService } from './sign-in-finish.service.js';
import { SignInStartService } from './sign-in-start.service.js';
import { SpentSignInsRepository } from './spent-sign-ins.repository.js';
import { SsoController } from './sso.controller.js';
import { BearerStrategy } from './strategies/bearer.strategy.js';
import { SessionCookieStrategy } from './strategies/session-cookie.strategy.js';
import { UnaskedSignIns } from './unasked-sign-ins.service.js';

/**
 * The way in. It brings sign-in and sign-out over WorkOS, the guard before every route, and the decorators with which
 * other modules take the signed-in user (`src/auth/index.ts`). It does not own users, sessions or organizations: those
 * have modules of their own below it.
 */
@Module({
  imports: [
    AuditModule,
    BusModule,
    CommonModule,
    ConfigModule,
    CryptoModule,
    DatabaseModule,
    OrganizationsModule,
    SessionsModule,
    SyncModule,
    UsersModule,
    WorkosModule,
  ],
  controllers: [
    BreakGlassController,
    SsoController,
    MeController,
    SessionsController,
    SessionOrganizationController,
  ],
  providers: [
    AccessTokenJudge,
    AdmissionService,
    ApiKeyJudge,
    Authenticator,
    BearerStrategy,
    BreakGlassPassesRepository,
    BreakGlassService,
    CallbackService,
    ConnectionMemory,
    Cookies,
    Handshakes,
    LogoutService,
    OpenConnections,
    OrganizationSwitch,
    PendingSignIns,
    PrincipalContext,
    ResourceGuard,
    SessionCookieStrategy,
    SignInFinishService,
    SignInStartService,
    SpentSignInsRepository,
    TokenUsers,
    UnaskedSignIns,
    { provide: CredentialReader, useClass: PassportCredentialReader },
    CrossOriginGuard,
    SessionGuard,
    { provide: APP_GUARD, useExisting: CrossOriginGuard },
    { provide: APP_GUARD, useExisting: SessionGuard },
  ],
  exports: [OrganizationsModule, WorkosModule, PrincipalContext, SessionGuard],
})
export class AuthModule {
  constructor(context: PrincipalContext, host: HttpAdapterHost) {
    // Not in `configure()`: as middleware of a module it would cost more than the whole guard.
    host.httpAdapter?.use((request: object, _response: unknown, next: () => void) =>
      context.enter(request, next),
    );
  }
}
