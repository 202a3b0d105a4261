import type { ProblemCode } from '../../common/problems.js';
import type { Principal, PrincipalKind } from '../../identity/principal.js';

/** What a caller must be permitted to do to the one resource that a parameter names. */
export interface ResourceRequirement {
  readonly permission: string;
  /** Its type, as WorkOS knows it. */
  readonly resource: string;
  readonly param: string;
}

/** What a route asks of whoever calls it, read from its decorators. */
export interface AccessRequirements {
  readonly access: 'public' | 'optional' | 'signed-in';
  /** Who may call. */
  readonly principals: readonly PrincipalKind[];
  /** Whether a person must have signed in for one. */
  readonly needsOrganization: boolean;
  /** One of each group. */
  readonly permissions: readonly (readonly string[])[];
  /** One of each group: a handler's and its class's are both asked for. */
  readonly roles: readonly (readonly string[])[];
  /** Seconds since the person's own proof; `null` for a route that does not mind. */
  readonly recentAuth: number | null;
  /** Whether somebody who acts as another person may do more than look. */
  readonly allowsImpersonation: boolean;
  /** The parameter of the path that must name the principal's organization. */
  readonly organizationParam: string | null;
  /** All of them. Only WorkOS can say: asked of those alone whom nothing else keeps out. */
  readonly resources: readonly ResourceRequirement[];
}

export const EVERY_KIND: readonly PrincipalKind[] = ['user', 'machine', 'apiKey'];

/** What a request says beside its credential. */
export interface Call {
  /** It only looks (RFC 9110, section 9.2.1). */
  readonly isSafe: boolean;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Milliseconds. */
  readonly now: number;
}

/** Whether a request may pass. Without a principal only an open route lets it. */
export function decideAccess(
  requirements: AccessRequirements,
  principal: Principal | null,
  call: Call,
): ProblemCode | 'granted' {
  const { access, principals, permissions, roles, recentAuth, organizationParam } = requirements;
  if (access === 'public') return 'granted';
  const mayOnlyLook = !call.isSafe && !requirements.allowsImpersonation && isImpersonated(principal);
  if (access === 'optional') return mayOnlyLook ? 'impersonation_read_only' : 'granted';
  if (!principal) return 'unauthenticated';
  // Before all that would tell a stranger whether the organization is one: it looks like one that is not there.
  if (organizationParam !== null && !isOwn(principal, call.parameters[organizationParam])) return 'not_found';
  if (!principals.includes(principal.kind)) return 'principal_not_accepted';
  if (mayOnlyLook) return 'impersonation_read_only';
  if (!roles.every((group) => group.some((role) => principal.roles.includes(role)))) return 'missing_role';
  if (!permissions.every((group) => group.some((name) => principal.permissions.includes(name))))
    return 'missing_permission';
  if (requirements.needsOrganization && !principal.organization) return 'organization_required';
  if (recentAuth !== null && !isProven(principal, call.now - recentAuth * 1000))
    return 'reauthentication_required';
  return 'granted';
}

function isOwn({ organization }: Principal, organizationId: unknown): boolean {
  return organization !== null && organization.id === organizationId;
}

function isImpersonated(principal: Principal | null): boolean {
  return principal?.kind === 'user' && principal.session.impersonator !== null;
}

/** Only a person can prove anew who they are. */
function isProven(principal: Principal, since: number): boolean {
  const provenAt = principal.kind === 'user' ? principal.session.provenAt : null;
  return provenAt !== null && provenAt.getTime() >= since;
}
