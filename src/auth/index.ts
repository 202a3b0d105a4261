/** What a module of another team imports. Everything else in this folder is ours to change. */
export { AuthModule } from './auth.module.js';
export {
  CurrentOrganization,
  CurrentPrincipal,
  CurrentSession,
  CurrentUser,
  OptionalAuth,
  Public,
  RequirePermissions,
  RequireRoles,
} from './auth.decorators.js';
export type { AccessRequirements } from './decide-access.js';
export { routesOf, type Route } from './route-table.js';
export { sessionCookieName } from './cookies.js';
export { SessionGuard } from './session.guard.js';
export type { Impersonator, Organization, Principal, Session, User } from '../identity/principal.js';
export { OrganizationsService } from '../organizations/organizations.service.js';
export { IdentityProvider } from '../identity/identity-provider.port.js';
