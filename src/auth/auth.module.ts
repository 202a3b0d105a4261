import { Module, type CanActivate, type DynamicModule, type Provider, type Type } from '@nestjs/common';
import { APP_GUARD, HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { AuditModule } from '../audit/audit.module.js';
import { BusModule } from '../bus/bus.module.js';
import { CommonModule } from '../common/common.module.js';
import {
  ConfigSourceModule,
  type ConfigSourceAsyncOptions,
  type ConfigSourceOptions,
} from '../config/config-source.module.js';
import { ConfigModule } from '../config/config.module.js';
import { CryptoModule } from '../crypto/crypto.module.js';
import { DatabaseModule } from '../database/database.module.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { SyncModule } from '../sync/sync.module.js';
import { UsersModule } from '../users/users.module.js';
import { WorkosModule } from '../workos/workos.module.js';
import { AdmissionService } from './sign-in/admission.service.js';
import { AnnouncedMembers } from './sign-in/announced-members.service.js';
import { AuthRootModule } from './auth-root.module.js';
import { Authenticator } from './credentials/authenticator.js';
import { BreakGlassPassesRepository } from './break-glass/break-glass-passes.repository.js';
import { BreakGlassService } from './break-glass/break-glass.service.js';
import { CallbackService } from './sign-in/callback.service.js';
import { ConnectionMemory } from './sign-in/connection-memory.js';
import { Cookies } from './credentials/cookies.js';
import { AccessTokenJudge } from './credentials/access-token.judge.js';
import { ApiKeyJudge } from './credentials/api-key.judge.js';
import { TokenUsers } from './credentials/token-users.service.js';
import { CrossOriginGuard } from './access/cross-origin.guard.js';
import { Handshakes } from './access/handshakes.service.js';
import { endpointsWithout, type EndpointGroup } from './endpoints.js';
import { ImportersGuard } from './access/importers.guard.js';
import { LogoutService } from './sign-in/logout.service.js';
import { CredentialReader, PassportCredentialReader } from './credentials/passport.provider.js';
import { OrganizationSwitch } from './account/organization-switch.service.js';
import { OpenConnections } from './access/open-connections.js';
import { PendingSignIns } from './sign-in/pending-sign-ins.service.js';
import { PrincipalContext } from './access/principal-context.js';
import { ResourceGuard } from './access/resource-guard.service.js';
import { RouteAudit } from './routes/route-audit.service.js';
import { SessionGuard } from './access/session.guard.js';
import { SignInFinishService } from './sign-in/sign-in-finish.service.js';
import { SignInStartService } from './sign-in/sign-in-start.service.js';
import { SpentSignInsRepository } from './sign-in/spent-sign-ins.repository.js';
import { BearerStrategy } from './strategies/bearer.strategy.js';
import { SessionCookieStrategy } from './strategies/session-cookie.strategy.js';
import { UnaskedSignIns } from './sign-in/unasked-sign-ins.service.js';

/** What an application chooses beside the settings. Fixed when the module is imported, also where settings are fetched. */
export interface AuthExtras {
  /** Every module of the application may inject what `AuthModule` exports. */
  readonly isGlobal?: boolean | undefined;
  /** Guards only the controllers of modules that import `AuthModule`, in place of every route. */
  readonly disableGlobalGuard?: boolean | undefined;
  /** Groups of addresses that the application does without. */
  readonly disableControllers?: readonly EndpointGroup[] | undefined;
}

const FOR_ENDPOINTS = [
  BreakGlassService,
  CallbackService,
  ConnectionMemory,
  Cookies,
  LogoutService,
  OrganizationSwitch,
  SignInStartService,
];

/**
 * The way in. It brings sign-in and sign-out over WorkOS, the guard before every route, and the decorators with which
 * other modules take the signed-in user (`src/auth/index.ts`). It does not own users, sessions or organizations: those
 * have modules of their own below it.
 *
 * The root of an application imports `AuthModule.forRoot()`, which also brings the settings, the addresses and the global
 * guard; a feature that injects something of it imports `AuthModule`.
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
    OrganizationsModule,
    SessionsModule,
    SyncModule,
    UsersModule,
    WorkosModule,
  ],
  providers: [
    AccessTokenJudge,
    AdmissionService,
    AnnouncedMembers,
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
    RouteAudit,
    SessionCookieStrategy,
    SignInFinishService,
    SignInStartService,
    SpentSignInsRepository,
    TokenUsers,
    UnaskedSignIns,
    { provide: CredentialReader, useClass: PassportCredentialReader },
    CrossOriginGuard,
    SessionGuard,
  ],
  exports: [
    ...FOR_ENDPOINTS,
    CrossOriginGuard,
    OrganizationsModule,
    PrincipalContext,
    SessionGuard,
    WorkosModule,
  ],
})
export class AuthModule {
  constructor(context: PrincipalContext, host: HttpAdapterHost) {
    // Not in `configure()`: as middleware of a module it would cost more than the whole guard.
    host.httpAdapter?.use((request: object, _response: unknown, next: () => void) =>
      context.enter(request, next),
    );
  }

  /**
   * For the root of an application, once.
   *
   * @example
   * AuthModule.forRoot({ workosApiKey, workosClientId, sessionKeys, databaseUrl, appUrl })
   */
  static forRoot({
    isGlobal,
    disableGlobalGuard,
    disableControllers,
    ...settings
  }: ConfigSourceOptions & AuthExtras): DynamicModule {
    const extras = { isGlobal, disableGlobalGuard, disableControllers };
    return root(ConfigSourceModule.forRoot(settings), extras);
  }

  /**
   * The same with settings that have to be fetched. What `imports` brings must not need Gatehouse.
   *
   * @example
   * AuthModule.forRootAsync({ imports: [Vault], inject: [Secrets], useFactory: (secrets: Secrets) => secrets.gatehouse() })
   */
  static forRootAsync({
    isGlobal,
    disableGlobalGuard,
    disableControllers,
    ...source
  }: ConfigSourceAsyncOptions & AuthExtras): DynamicModule {
    const extras = { isGlobal, disableGlobalGuard, disableControllers };
    return root(ConfigSourceModule.forRootAsync(source), extras);
  }
}

function root(source: DynamicModule, extras: AuthExtras): DynamicModule {
  return {
    module: AuthRootModule,
    global: extras.isGlobal ?? false,
    imports: [source, AuthModule],
    controllers: endpointsWithout(extras.disableControllers ?? []),
    // A page of another site is turned away before any credential is read.
    providers: [CrossOriginGuard, SessionGuard].map((guard) =>
      globalGuard(guard, extras.disableGlobalGuard ?? false),
    ),
    exports: [AuthModule],
  };
}

function globalGuard(guard: Type<CanActivate>, importersOnly: boolean): Provider {
  if (!importersOnly) return { provide: APP_GUARD, useExisting: guard };
  return {
    provide: APP_GUARD,
    inject: [guard, ModulesContainer],
    useFactory: (inner: CanActivate, modules: ModulesContainer) =>
      new ImportersGuard(inner, AuthModule, modules),
  };
}
