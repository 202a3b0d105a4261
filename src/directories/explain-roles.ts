import type { RoleSource } from './role-source.schemas.js';
import type { DirectoryGroup } from './standing.js';

export interface RoleFacts {
  readonly workosRoles: readonly string[];
  /** Of active records alone. */
  readonly groups: readonly DirectoryGroup[];
  readonly policy: {
    readonly groupRoles: Readonly<Record<string, string>>;
    readonly defaultRole: string | null;
  };
}

/** Where the roles of a person come from, by role, WorkOS's word first. */
export function explainRoles({ workosRoles, groups, policy }: RoleFacts): RoleSource[] {
  const mapped = groups.flatMap((group) =>
    [...new Set([roleFor(policy, group.id), roleFor(policy, group.name)])]
      .filter((role) => role !== null)
      .map((role): RoleSource => ({ role, from: 'group', group })),
  );
  const sources = [
    ...[...new Set(workosRoles)].map((role): RoleSource => ({ role, from: 'workos' })),
    ...mapped,
  ];
  if (sources.length === 0 && policy.defaultRole !== null)
    return [{ role: policy.defaultRole, from: 'default' }];
  return sources.toSorted((a, b) => (a.role === b.role ? 0 : a.role < b.role ? -1 : 1));
}

/** The roles alone, each once, in order. */
export function rolesOf(sources: readonly RoleSource[]): string[] {
  return [...new Set(sources.map(({ role }) => role))].toSorted();
}

/** Group names are free text: `constructor` is a name like any other, and maps to nothing by itself. */
function roleFor({ groupRoles }: RoleFacts['policy'], group: string): string | null {
  return Object.hasOwn(groupRoles, group) ? (groupRoles[group] ?? null) : null;
}
