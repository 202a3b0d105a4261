/** What a module of another team imports. Everything else in this folder is ours to change. */
export { AuthModule, type AuthExtras } from './auth.module.js';
export type { EndpointGroup } from './endpoints.js';
export {
  AllowImpersonation,
  OptionalAuth,
  Public,
  RequireAccess,
  RequirePermissions,
  RequirePrincipal,
  RequireRecentAuth,
  RequireRoles,
} from './access/auth.decorators.js';
export {
  CurrentOrganization,
  CurrentPrincipal,
  CurrentSession,
  CurrentUser,
  OrganizationParam,
} from './access/principal.decorators.js';
export { FixedAddress } from './routes/fixed-address.decorator.js';
export { Webhook } from './routes/webhook.decorators.js';
export { actorOf } from './access/actor.js';
export { PrincipalContext } from './access/principal-context.js';
export type { AccessRequirements } from './access/decide-access.js';
export { routesOf, type Route } from './routes/route-table.js';
export { sessionCookieName } from './credentials/cookies.js';
export { UnsafeRoutesError } from './routes/route-audit.service.js';
export { SessionGuard } from './access/session.guard.js';
export type {
  ApiKeyPrincipal,
  Impersonator,
  MachinePrincipal,
  Organization,
  Principal,
  PrincipalKind,
  Session,
  User,
  UserPrincipal,
} from '../identity/principal.js';
export type { HostPermissions, Permission } from '../permissions.js';
export { OrganizationsService } from '../organizations/organizations.service.js';
export { IdentityProvider } from '../identity/identity-provider.port.js';
