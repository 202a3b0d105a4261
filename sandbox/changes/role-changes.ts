import { freshId } from '../ids.js';
import type { Permission, Role, Wire } from '../model.js';
import { permissionWire, roleWire } from '../wire.js';
import { newTimes, touch, type Records } from './records.js';

type RoleFields = Pick<Role, 'name' | 'description' | 'permissions'>;

export function createRole(
  records: Records,
  given: RoleFields & Pick<Role, 'slug' | 'organizationId'>,
): Role {
  const role: Role = { id: freshId('role'), ...given, ...newTimes(records) };
  records.state.roles.push(role);
  tellRole(records, 'created', role);
  return role;
}

export function updateRole(records: Records, role: Role, changed: Partial<RoleFields>): void {
  Object.assign(role, changed);
  touch(records, role);
  tellRole(records, 'updated', role);
}

export function deleteRole(records: Records, role: Role): void {
  records.state.roles = records.state.roles.filter(({ id }) => id !== role.id);
  touch(records, role);
  tellRole(records, 'deleted', role);
}

/** A role of an organization has events of its own, which carry more. */
function tellRole({ state }: Records, what: 'created' | 'updated' | 'deleted', role: Role): void {
  const { slug, organizationId, permissions } = role;
  const { created_at, updated_at, name, description } = roleWire(role);
  const shared = { slug, resource_type_slug: 'organization', permissions, created_at, updated_at };
  if (organizationId === null) return state.record(`role.${what}`, { object: 'role', ...shared }, null);
  const data: Wire = { object: 'organization_role', organization_id: organizationId, name, description };
  state.record(`organization_role.${what}`, { ...data, ...shared }, organizationId);
}

type PermissionFields = Pick<Permission, 'name' | 'description'>;

export function createPermission(
  records: Records,
  given: PermissionFields & Pick<Permission, 'slug'>,
): Permission {
  const permission: Permission = { id: freshId('perm'), ...given, ...newTimes(records) };
  records.state.permissions.push(permission);
  records.state.record('permission.created', permissionWire(permission), null);
  return permission;
}

export function updatePermission(
  records: Records,
  permission: Permission,
  changed: Partial<PermissionFields>,
): void {
  Object.assign(permission, changed);
  touch(records, permission);
  records.state.record('permission.updated', permissionWire(permission), null);
}

/** Roles lose it, each with its own event. */
export function deletePermission(records: Records, permission: Permission): void {
  const { state } = records;
  const { slug } = permission;
  state.permissions = state.permissions.filter(({ id }) => id !== permission.id);
  for (const role of state.roles.filter(({ permissions }) => permissions.includes(slug))) {
    updateRole(records, role, { permissions: role.permissions.filter((entry) => entry !== slug) });
  }
  touch(records, permission);
  state.record('permission.deleted', permissionWire(permission), null);
}
