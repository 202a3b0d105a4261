/** What a module of another team imports. Everything else in this folder is ours to change. */
export { AuthModule, type AuthExtras } from './auth.module.js';
export type { EndpointGroup } from './endpoints.js';
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
export { SessionGuard } from './session.guard.js';
export type { Impersonator, Organization, Principal, Session, User } from '../identity/principal.js';
export { OrganizationsService } from '../organizations/organizations.service.js';
export { IdentityProvider } from '../identity/identity-provider.port.js';
