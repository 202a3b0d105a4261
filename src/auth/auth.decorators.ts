import {
  createParamDecorator,
  SetMetadata,
  type CustomDecorator,
  type ExecutionContext,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ProblemError } from '../common/problem-error.js';
import type { Organization, Principal, Session, User } from '../identity/principal.js';
import type { AccessRequirements } from './decide-access.js';
import { principalOf } from './request-principal.js';

const ACCESS = 'gatehouse:access';
const REQUIRED_ROLES = Reflector.createDecorator<string[]>();
const REQUIRED_PERMISSIONS = Reflector.createDecorator<string[]>();

/**
 * Opens a route, or every route of a controller, to everybody. Does not look at credentials at all. Beside a
 * role or a permission that is asked for in the same place it has no effect.
 *
 * @example
 * ```ts
 * @Public()
 * @Get('prices')
 * prices() {}
 * ```
 */
export const Public = (): CustomDecorator => SetMetadata(ACCESS, 'public');

/**
 * Opens a route to everybody and tells who it is where somebody is signed in. Does not check roles or permissions:
 * beside one that is asked for it has no effect.
 *
 * @example
 * ```ts
 * @OptionalAuth()
 * @Get('welcome')
 * welcome(@CurrentUser() user: User | null) {}
 * ```
 */
export const OptionalAuth = (): CustomDecorator => SetMetadata(ACCESS, 'optional');

/**
 * Asks for one of these roles, in the organization of the session. Does not check permissions.
 *
 * @example
 * ```ts
 * @RequireRoles('admin', 'auditor')
 * ```
 * @throws {TypeError} where it stands without a role
 */
export function RequireRoles(...roles: string[]): CustomDecorator {
  return REQUIRED_ROLES(named('RequireRoles', roles));
}

/**
 * Asks for all of these permissions, in the organization of the session. Does not check whose record it is: a query
 * must be limited to the organization itself.
 *
 * @example
 * ```ts
 * @RequirePermissions('invoices:write')
 * ```
 * @throws {TypeError} where it stands without a permission
 */
export function RequirePermissions(...permissions: string[]): CustomDecorator {
  return REQUIRED_PERMISSIONS(named('RequirePermissions', permissions));
}

/**
 * The signed-in person; `null` on an `@OptionalAuth()` route without one. Does not load anything: it is what the session knows.
 *
 * @example
 * ```ts
 * list(@CurrentUser() user: User) {}
 * ```
 */
export const CurrentUser = createParamDecorator((_: unknown, context: ExecutionContext): User | null => {
  return principalIn(context)?.user ?? null;
});

/**
 * The organization of the session. Does not accept a person without one: on a route that needs a sign-in they get 403
 * `organization_required`, so that no query runs without a tenant.
 *
 * @example
 * ```ts
 * list(@CurrentOrganization() organization: Organization) {}
 * ```
 */
export const CurrentOrganization = createParamDecorator(
  (_: unknown, context: ExecutionContext): Organization | null => {
    const principal = principalIn(context);
    if (principal && !principal.organization) throw new ProblemError('organization_required');
    return principal?.organization ?? null;
  },
);

/**
 * The session itself: when and how it began, when it ends. Does not hold its token, which nobody needs.
 *
 * @example
 * ```ts
 * about(@CurrentSession() session: Session) {}
 * ```
 */
export const CurrentSession = createParamDecorator(
  (_: unknown, context: ExecutionContext): Session | null => {
    return principalIn(context)?.session ?? null;
  },
);

/**
 * User, organization, roles, permissions and session together. Does not decide anything by itself.
 *
 * @example
 * ```ts
 * me(@CurrentPrincipal() principal: Principal) {}
 * ```
 */
export const CurrentPrincipal = createParamDecorator(
  (_: unknown, context: ExecutionContext): Principal | null => {
    return principalIn(context);
  },
);

/**
 * What a handler asks for: its own word on access before its class's, requirements of both together. To ask for a role
 * or a permission is such a word: on a `@Public()` class it would otherwise be read by nobody.
 */
export function requirementsOf(
  reflector: Reflector,
  handler: () => unknown,
  controller: new () => unknown,
): AccessRequirements {
  const targets = [handler, controller];
  const access = targets.map((target) => {
    const asks = reflector.get(REQUIRED_ROLES, target) ?? reflector.get(REQUIRED_PERMISSIONS, target);
    return asks ? 'signed-in' : reflector.get<AccessRequirements['access'] | undefined>(ACCESS, target);
  });
  return {
    access: access.find((word) => word !== undefined) ?? 'signed-in',
    permissions: targets.flatMap((target) => reflector.get(REQUIRED_PERMISSIONS, target) ?? []),
    roles: targets
      .map((target) => reflector.get(REQUIRED_ROLES, target))
      .filter((names) => names !== undefined),
  };
}

function principalIn(context: ExecutionContext): Principal | null {
  return principalOf(context.switchToHttp().getRequest());
}

function named(decorator: string, names: string[]): string[] {
  if (names.length === 0 || names.some((name) => name.trim() === '')) {
    throw new TypeError(`@${decorator}() needs at least one name: an empty list would let everybody in.`);
  }
  return names;
}
