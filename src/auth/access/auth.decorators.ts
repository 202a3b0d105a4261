import type { CustomDecorator } from '@nestjs/common';
import type { PrincipalKind } from '../../identity/principal.js';
import type { Permission } from '../../permissions.js';
import { asking, REQUIRED, setAccess } from './access-requirements.js';

type Requirement = MethodDecorator & ClassDecorator;

/**
 * Opens a route, or every route of a controller, to everybody. Does not look at credentials at all. Beside anything that
 * is asked for in the same place the service refuses to start.
 *
 * @example
 * ```ts
 * @Public()
 * @Get('prices')
 * prices() {}
 * ```
 */
export const Public = (): CustomDecorator => setAccess('public');

/**
 * Opens a route to everybody and tells who it is where somebody is signed in. Does not check roles or permissions: beside
 * one that is asked for in the same place the service refuses to start.
 *
 * @example
 * ```ts
 * @OptionalAuth()
 * @Get('welcome')
 * welcome(@CurrentUser() user: User | null) {}
 * ```
 */
export const OptionalAuth = (): CustomDecorator => setAccess('optional');

/**
 * Asks for one of these roles, in the caller's organization; `RequireRoles.all` for each of them. Does not check
 * permissions.
 *
 * @example
 * ```ts
 * @RequireRoles('admin', 'auditor')
 * ```
 * @throws {TypeError} where it stands without a role
 */
export function RequireRoles(...roles: string[]): Requirement {
  return asking(REQUIRED.roles, [named('RequireRoles', roles)], both);
}
RequireRoles.all = (...roles: string[]): Requirement =>
  asking(
    REQUIRED.roles,
    named('RequireRoles.all', roles).map((role) => [role]),
    both,
  );

/**
 * Asks for all of these permissions, in the caller's organization; `RequirePermissions.any` for one of them. Does not check
 * whose record it is: a query must be limited to the organization itself.
 *
 * @example
 * ```ts
 * @RequirePermissions('invoices:write')
 * ```
 * @throws {TypeError} where it stands without a permission
 */
export function RequirePermissions(...permissions: Permission[]): Requirement {
  return asking(
    REQUIRED.permissions,
    named('RequirePermissions', permissions).map((name) => [name]),
    both,
  );
}
RequirePermissions.any = (...permissions: Permission[]): Requirement =>
  asking(REQUIRED.permissions, [named('RequirePermissions.any', permissions)], both);

/**
 * Lets in only callers of these kinds. Does not check what they may do.
 *
 * @example
 * ```ts
 * @RequirePrincipal('user')
 * ```
 * @throws {TypeError} where it stands without a kind
 */
export function RequirePrincipal(...kinds: PrincipalKind[]): Requirement {
  return asking(REQUIRED.principals, named('RequirePrincipal', kinds), (standing, added) =>
    added.filter((kind) => standing.includes(kind)),
  );
}

/**
 * Asks that the person proved who they are no longer than this many seconds ago: a browser is sent to do so and comes back,
 * an API caller gets 401 `reauthentication_required` (RFC 9470). A sign-in at which the identity provider may have used a
 * session of its own does not count, except by an access token: that has the time of its sign-in at AuthKit and no more. Does
 * not let machines and API keys in.
 *
 * @example
 * ```ts
 * @RequireRecentAuth(300)
 * ```
 * @throws {TypeError} where the seconds are not a positive whole number
 */
export function RequireRecentAuth(seconds: number): Requirement {
  if (!Number.isInteger(seconds) || seconds <= 0)
    throw new TypeError('@RequireRecentAuth() needs a positive whole number of seconds.');
  return asking(REQUIRED.recentAuth, seconds, Math.min);
}

/**
 * Asks WorkOS whether the person may do this to the one resource that a parameter names (Fine-Grained Authorization): of the
 * path, an argument of GraphQL, a member of a message. The answer is used for ten seconds; where WorkOS cannot be asked, the
 * call gets 503. Does not check that the resource is the organization's: limit the query to it. Does not let machines and
 * API keys in. Of several, all are asked for.
 *
 * @example
 * ```ts
 * @RequireAccess('document:edit', { resource: 'document', param: 'documentId' })
 * @Put('documents/:documentId')
 * ```
 * @throws {TypeError} where a name is empty
 */
export function RequireAccess(
  permission: Permission,
  { resource, param }: { readonly resource: string; readonly param: string },
): Requirement {
  named('RequireAccess', [permission, resource, param]);
  return asking(REQUIRED.resources, [{ permission, resource, param }], both);
}

/**
 * Lets somebody of WorkOS's dashboard who acts as a user write here; without it they may only look, on `@OptionalAuth()`
 * routes too. Does not hide who they are: the audit log names both.
 *
 * @example
 * ```ts
 * @AllowImpersonation()
 * ```
 */
export const AllowImpersonation = (): CustomDecorator => REQUIRED.impersonation(true);

function both<Value>(standing: readonly Value[], added: readonly Value[]): readonly Value[] {
  return [...standing, ...added];
}

function named<Name extends string>(decorator: string, names: Name[]): Name[] {
  if (names.length === 0 || names.some((name) => name.trim() === '')) {
    throw new TypeError(`@${decorator}() needs at least one name: an empty list would let everybody in.`);
  }
  return names;
}
