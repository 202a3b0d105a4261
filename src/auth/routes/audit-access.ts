import { asks, namedKinds, takenOfPeople, type WrittenRequirements } from '../access/access-requirements.js';
import type { AccessRequirements } from '../access/decide-access.js';

/** What a handler asks for, and where which part of it is written. */
export interface AuditedHandler extends AccessRequirements {
  readonly onHandler: WrittenRequirements;
  readonly onController: WrittenRequirements;
}

/** What is wrong, and how to mend it. */
export interface Finding {
  readonly what: string;
  readonly mend: string;
}

/**
 * Requirements that contradict each other. What a handler says about access counts before what its class says: a
 * `@Public()` handler in a class that asks for a role is an exception that stands where it applies, and so is a handler
 * that asks for something in a `@Public()` class. Two words in one place are nobody's intention.
 */
export function auditAccess(handler: AuditedHandler): Finding[] {
  return [
    ...inOnePlace(handler.onHandler, 'The handler'),
    ...inOnePlace(handler.onController, 'The class'),
    ...withoutEffect(handler),
    ...passableByNobody(handler),
  ];
}

function inOnePlace(written: WrittenRequirements, place: string): Finding[] {
  // Whoever is known on an optional route may be somebody who acts as them; a public one looks at nobody.
  const contradicts = asks(written) || (written.allowsImpersonation && written.access === 'public');
  if (written.access === undefined || !contradicts) return [];
  const open = written.access === 'public' ? '@Public()' : '@OptionalAuth()';
  const asked = namesOf(written)
    .filter((name) => written.access === 'public' || name !== '@AllowImpersonation()')
    .join(' and ');
  return [{ what: `${place} has ${open} together with ${asked}.`, mend: `Remove ${open}, or ${asked}.` }];
}

/** It asks for nothing by itself: what it allows is allowed to everybody by an open class. */
function withoutEffect({ access, onHandler }: AuditedHandler): Finding[] {
  if (access !== 'public' || onHandler.access !== undefined || !onHandler.allowsImpersonation) return [];
  return [
    {
      what: 'The handler has @AllowImpersonation() in a class that is open to everybody.',
      mend: 'Remove @AllowImpersonation(), or ask for a caller with @RequirePrincipal().',
    },
  ];
}

/** Parameters that are filled with whoever calls, where nobody looks who does. */
export function auditTaken({ access, onHandler }: AuditedHandler): Finding[] {
  if (access !== 'public' || onHandler.taken.length === 0) return [];
  const taken = [...new Set(onHandler.taken)].join(' and ');
  return [
    {
      what: `It has ${taken} and is @Public(): nobody looks who calls, and it is always null.`,
      mend: `Write @OptionalAuth() in place of @Public(), or remove ${taken}.`,
    },
  ];
}

function passableByNobody(handler: AuditedHandler): Finding[] {
  const { access, recentAuth, resources, roles, onHandler, onController } = handler;
  const principals = namedKinds([onHandler, onController]);
  if (access !== 'signed-in' || principals.includes('user')) return [];
  if (principals.length === 0) {
    const what = '@RequirePrincipal() of the handler and of its class have no kind of caller in common.';
    return [{ what, mend: 'Name the same kind in both, or remove one.' }];
  }
  const asked = [
    ...(recentAuth === null ? [] : ['@RequireRecentAuth()']),
    ...(roles.length > 0 ? ['@RequireRoles()'] : []),
    ...(resources.length > 0 ? ['@RequireAccess()'] : []),
    ...takenOfPeople(onHandler),
  ];
  if (asked.length === 0) return [];
  return [
    {
      what: `Only ${principals.join(' and ')} may call, and ${asked.join(' and ')} can be met by a person alone.`,
      mend: `Add 'user' to @RequirePrincipal(), or remove ${asked.join(' and ')}.`,
    },
  ];
}

/** The decorators that ask for something. */
export function namesOf(written: WrittenRequirements): string[] {
  return [
    ...(written.roles.length > 0 ? ['@RequireRoles()'] : []),
    ...(written.permissions.length > 0 ? ['@RequirePermissions()'] : []),
    ...(written.resources.length > 0 ? ['@RequireAccess()'] : []),
    ...(written.principals === null ? [] : ['@RequirePrincipal()']),
    ...(written.recentAuth === null ? [] : ['@RequireRecentAuth()']),
    ...(written.organizationParam === null ? [] : ['@OrganizationParam()']),
    ...(written.allowsImpersonation ? ['@AllowImpersonation()'] : []),
  ];
}
