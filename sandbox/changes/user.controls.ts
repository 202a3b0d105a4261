import express, { Router } from 'express';
import { z } from 'zod';
import { ApiError, notFound } from '../api-error.js';
import { done, read } from '../controls.http.js';
import type { Membership, Permission, Role, User } from '../model.js';
import { defined } from '../request-body.js';
import type { Sandbox } from '../sandbox.js';
import { revokeSession } from '../sessions.js';
import { membershipWire, permissionWire, roleWire, sessionWire, userWire } from '../wire.js';
import {
  createPermission,
  createRole,
  deletePermission,
  deleteRole,
  updatePermission,
  updateRole,
} from './role-changes.js';
import {
  createMembership,
  createUser,
  deleteMembership,
  deleteUser,
  updateMembership,
  updateUser,
} from './user-changes.js';

const name = z.string().nullable().optional();
const userSchema = z.strictObject({ email: z.email(), first_name: name, last_name: name });
const userChangeSchema = userSchema.partial();
const membershipSchema = z.strictObject({
  user_id: z.string(),
  organization_id: z.string(),
  role: z.string().default('member'),
});
const membershipChangeSchema = z.strictObject({
  role: z.string().optional(),
  status: z.enum(['active', 'inactive']).optional(),
});
const slug = z.string().regex(/^[a-z0-9:._-]+$/);
const label = { name: z.string().min(1).optional(), description: z.string().nullable().optional() };
const roleSchema = z.strictObject({
  slug,
  ...label,
  permissions: z.array(slug).default([]),
  organization_id: z.string().nullable().default(null),
});
const roleChangeSchema = z.strictObject({ ...label, permissions: z.array(slug).optional() });
const permissionSchema = z.strictObject({ slug, ...label });
const permissionChangeSchema = z.strictObject(label);

/** Users, memberships, roles, permissions and sessions, as the dashboard changes them. */
export function userControls(sandbox: Sandbox): Router {
  const { state } = sandbox;
  const router = express.Router();
  const pick = <T extends { id: string }>(records: readonly T[], id: string, what: string): T => {
    const record = records.find((candidate) => candidate.id === id);
    if (!record) throw notFound(what, id);
    return record;
  };
  const userOf = (id: string): User => pick(state.users, id, 'user');
  const membershipOf = (id: string): Membership => pick(state.memberships, id, 'organization membership');
  /** A role or permission by its identifier, or by its slug where that is the environment's. */
  const roleOf = (key: string): Role => state.role(key, null) ?? pick(state.roles, key, 'role');
  const permissionOf = (key: string): Permission =>
    state.permissions.find((permission) => permission.slug === key) ??
    pick(state.permissions, key, 'permission');

  router.post('/users', (request, response) => {
    const { email, first_name: firstName = null, last_name: lastName = null } = read(userSchema, request);
    if (state.userByEmail(email)) throw new ApiError(409, { message: `${email} is somebody's already.` });
    done(request, response, userWire(createUser(sandbox, { email, firstName, lastName })));
  });
  router.post('/users/:id', (request, response) => {
    const user = userOf(request.params.id);
    const { email, first_name: firstName, last_name: lastName } = read(userChangeSchema, request);
    updateUser(sandbox, user, defined({ email, firstName, lastName }));
    done(request, response, userWire(user));
  });
  router.post('/users/:id/delete', (request, response) => {
    deleteUser(sandbox, userOf(request.params.id));
    done(request, response, {});
  });

  router.post('/memberships', (request, response) => {
    const { user_id: userId, organization_id: organizationId, role } = read(membershipSchema, request);
    const user = userOf(userId);
    const organization = pick(state.organizations, organizationId, 'organization');
    const membership = createMembership(sandbox, user.id, organization.id, role);
    done(request, response, membershipWire(membership, state));
  });
  router.post('/memberships/:id', (request, response) => {
    const membership = membershipOf(request.params.id);
    updateMembership(sandbox, membership, defined(read(membershipChangeSchema, request)));
    done(request, response, membershipWire(membership, state));
  });
  router.post('/memberships/:id/delete', (request, response) => {
    deleteMembership(sandbox, membershipOf(request.params.id));
    done(request, response, {});
  });

  router.post('/roles', (request, response) => {
    const { organization_id: organizationId, ...given } = read(roleSchema, request);
    if (organizationId !== null) pick(state.organizations, organizationId, 'organization');
    const labels = { name: given.name ?? given.slug, description: given.description ?? null };
    const { slug: key, permissions } = given;
    done(
      request,
      response,
      roleWire(createRole(sandbox, { slug: key, ...labels, permissions, organizationId })),
    );
  });
  router.post('/roles/:key', (request, response) => {
    const role = roleOf(request.params.key);
    updateRole(sandbox, role, defined(read(roleChangeSchema, request)));
    done(request, response, roleWire(role));
  });
  router.post('/roles/:key/delete', (request, response) => {
    deleteRole(sandbox, roleOf(request.params.key));
    done(request, response, {});
  });

  router.post('/permissions', (request, response) => {
    const given = read(permissionSchema, request);
    const labels = { name: given.name ?? given.slug, description: given.description ?? null };
    done(request, response, permissionWire(createPermission(sandbox, { slug: given.slug, ...labels })));
  });
  router.post('/permissions/:key', (request, response) => {
    const permission = permissionOf(request.params.key);
    updatePermission(sandbox, permission, defined(read(permissionChangeSchema, request)));
    done(request, response, permissionWire(permission));
  });
  router.post('/permissions/:key/delete', (request, response) => {
    deletePermission(sandbox, permissionOf(request.params.key));
    done(request, response, {});
  });

  router.post('/sessions/:id/revoke', (request, response) => {
    const session = pick(state.sessions, request.params.id, 'session');
    revokeSession(sandbox, session);
    done(request, response, sessionWire(session, sandbox.clock));
  });

  return router;
}
