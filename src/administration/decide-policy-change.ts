import type { AuditDetail } from '../audit/audit-event.js';
import { invalidRequest, type SchemaIssue } from '../common/invalid-request.js';
import { ProblemError } from '../common/problem-error.js';
import { guestRule, type OrganizationPolicy } from '../organizations/organization-policy.js';

/** How a session began. */
export interface CameBy {
  readonly method: string;
  readonly connectionId: string | null;
}

export interface PolicyQuestion {
  readonly before: OrganizationPolicy;
  readonly after: OrganizationPolicy;
  readonly connections: readonly { readonly id: string; readonly state: string }[];
  /** What the service does about guests where the organization has no word on it. */
  readonly guests: 'allow' | 'deny';
  readonly caller: {
    /** Their e-mail domain is none of the organization's. */
    readonly isGuest: boolean;
    /** Names and ids of their directory groups. */
    readonly groups: ReadonlySet<string>;
    readonly session: CameBy;
    readonly permissions: readonly string[];
  };
  /** What each role of the change allows. */
  readonly permissionsOf: ReadonlyMap<string, readonly string[]>;
}

/**
 * Why an organization may not change its policy like this, or `null`. Refused are rules that nobody could get in under, that
 * lock out whoever makes them (they could not take it back), that name another tenant's connection, and that hand out
 * more than the caller has. A rule that stood before is not judged again: it must be possible to change another.
 */
export function decidePolicyChange(question: PolicyQuestion): ProblemError | null {
  const { before, after, connections, guests, caller, permissionsOf } = question;
  const foreign = Object.keys(after.connectionGuests).filter(
    (id) =>
      !Object.hasOwn(before.connectionGuests, id) && !connections.some((connection) => connection.id === id),
  );
  if (foreign.length > 0) return invalidRequest(foreign.map(unknownConnection));
  const granted = newlyGranted(before, after).flatMap((role) => permissionsOf.get(role) ?? []);
  if (granted.some((permission) => !caller.permissions.includes(permission)))
    return new ProblemError('role_beyond_yours');
  const active = connections.some(({ state }) => state === 'active');
  if (after.ssoRequired && !before.ssoRequired && !active) return new ProblemError('no_active_connection');
  // Somebody who is here by the connection has shown that it works.
  const shutOut = (policy: OrganizationPolicy) =>
    !hasGroup(policy, caller) ||
    (policy.ssoRequired && !cameBySso(caller.session, connections)) ||
    (caller.isGuest && guestRule(policy, caller.session.connectionId, guests) === 'deny');
  return shutOut(after) && !shutOut(before) ? new ProblemError('policy_excludes_you') : null;
}

/** Through a connection of the organization, or one that WorkOS does not name. */
export function cameBySso(
  { method, connectionId }: CameBy,
  connections: readonly { readonly id: string }[],
): boolean {
  return method === 'sso' && (connectionId === null || connections.some(({ id }) => id === connectionId));
}

/** Whether the new policy no longer lets guests in whom the old one did: their sessions must not outlive the change. */
export function shutsOutGuests({
  before,
  after,
  connections,
  guests,
}: Pick<PolicyQuestion, 'before' | 'after' | 'connections' | 'guests'>): boolean {
  // How somebody came in last is not known here: where one way is closed to guests, all of them come in anew.
  return [null, ...connections.map(({ id }) => id)].some(
    (id) => guestRule(before, id, guests) === 'allow' && guestRule(after, id, guests) === 'deny',
  );
}

type Difference = { readonly before: AuditDetail; readonly after: AuditDetail };

/** What is different, for the record. */
export function differences(
  before: OrganizationPolicy,
  after: OrganizationPolicy,
): Record<string, Difference> {
  const names = Object.keys(after) as (keyof OrganizationPolicy)[];
  return Object.fromEntries(
    names
      .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
      .map((name) => [name, { before: before[name], after: after[name] }]),
  );
}

function newlyGranted(before: OrganizationPolicy, after: OrganizationPolicy): string[] {
  const mapped = Object.entries(after.groupRoles)
    .filter(([group, role]) => before.groupRoles[group] !== role)
    .map(([, role]) => role);
  const { defaultRole } = after;
  return defaultRole === null || defaultRole === before.defaultRole ? mapped : [...mapped, defaultRole];
}

function hasGroup({ requiredGroups }: OrganizationPolicy, { groups }: PolicyQuestion['caller']): boolean {
  return requiredGroups.length === 0 || requiredGroups.some((group) => groups.has(group));
}

function unknownConnection(id: string): SchemaIssue {
  return { path: ['connectionGuests', id], message: 'is no connection of this organization' };
}
