import type { ProblemCode } from '../common/problems.js';
import type { Principal } from '../identity/principal.js';

/** What a route asks of whoever calls it, read from its decorators. */
export interface AccessRequirements {
  readonly access: 'public' | 'optional' | 'signed-in';
  /** All of them. */
  readonly permissions: readonly string[];
  /** One of each group: a handler's and its class's are both asked for. */
  readonly roles: readonly (readonly string[])[];
}

/** Whether a request may pass. Without a principal only an open route lets it. */
export function decideAccess(
  { access, permissions, roles }: AccessRequirements,
  principal: Principal | null,
): ProblemCode | 'granted' {
  if (access !== 'signed-in') return 'granted';
  if (!principal) return 'unauthenticated';
  if (roles.length === 0 && permissions.length === 0) return 'granted';
  if (!roles.every((group) => group.some((role) => principal.roles.includes(role)))) return 'missing_role';
  if (!permissions.every((permission) => principal.permissions.includes(permission)))
    return 'missing_permission';
  return 'granted';
}
