import express, { Router } from 'express';
import { z } from 'zod';
import { ApiError, notFound } from './api-error.js';
import {
  createMembership,
  createUser,
  deleteMembership,
  deleteUser,
  updateMembership,
  updateUser,
} from './changes/user-changes.js';
import type { Membership, User } from './model.js';
import { defined, metadataField, readBody } from './request-body.js';
import type { Sandbox } from './sandbox.js';
import { membershipWire, userWire } from './wire.js';

const name = z.string().max(255).nullable().optional();
const fields = {
  first_name: name,
  last_name: name,
  external_id: z.string().max(128).nullable().optional(),
  metadata: metadataField,
};
const createSchema = z.object({ email: z.email(), ...fields });
const updateSchema = z.object({ email: z.email().optional(), ...fields });
const roleFields = { role_slug: z.string().optional(), role_slugs: z.array(z.string()).optional() };
const membershipSchema = z.object({ user_id: z.string(), organization_id: z.string(), ...roleFields });
const roleSchema = z.object(roleFields);

function fieldsOf(body: z.output<typeof updateSchema>): Partial<User> {
  return defined({
    email: body.email,
    firstName: body.first_name,
    lastName: body.last_name,
    externalId: body.external_id,
    metadata: body.metadata,
  });
}

/** AuthKit's users and memberships, written by the API. */
export function userWriteRoutes(sandbox: Sandbox): Router {
  const { state } = sandbox;
  const router = express.Router();

  const userOf = (id: string): User => {
    const user = state.user(id);
    if (!user) throw notFound('user', id);
    return user;
  };
  const membershipOf = (id: string): Membership => {
    const membership = state.memberships.find((candidate) => candidate.id === id);
    if (!membership) throw notFound('organization membership', id);
    return membership;
  };
  const roleOf = (body: z.output<typeof roleSchema>, organizationId: string): string | undefined => {
    const [slug, ...more] = [body.role_slug ?? [], body.role_slugs ?? []].flat();
    if (more.length > 0) {
      const message = 'Multiple roles are not enabled.';
      throw new ApiError(422, { code: 'multiple_roles_not_enabled', message });
    }
    if (slug !== undefined && !state.role(slug, organizationId)) {
      throw new ApiError(422, { code: 'invalid_role', message: `Invalid role: ${slug}.` });
    }
    return slug;
  };

  router.post('/user_management/users', (request, response) => {
    const body = readBody(createSchema, request);
    if (state.userByEmail(body.email)) {
      const errors = [{ code: 'email_not_available', message: 'This email is not available.' }];
      const message = 'Could not create user.';
      throw new ApiError(400, { code: 'user_creation_error', message, errors });
    }
    const user = createUser(sandbox, {
      firstName: null,
      lastName: null,
      ...fieldsOf(body),
      email: body.email,
    });
    response.status(201).json(userWire(user));
  });
  router.put('/user_management/users/:id', (request, response) => {
    const user = userOf(request.params.id);
    const body = readBody(updateSchema, request);
    const holder = body.email === undefined ? undefined : state.userByEmail(body.email);
    if (holder && holder.id !== user.id) {
      throw new ApiError(400, { code: 'email_not_available', message: 'This email is not available.' });
    }
    updateUser(sandbox, user, fieldsOf(body));
    response.json(userWire(user));
  });
  router.delete('/user_management/users/:id', ({ params }, response) => {
    deleteUser(sandbox, userOf(params.id));
    response.status(200).end();
  });

  const at = '/user_management/organization_memberships';
  router.post(at, (request, response) => {
    const body = readBody(membershipSchema, request);
    const user = userOf(body.user_id);
    const organization = state.organization(body.organization_id);
    if (!organization) throw notFound('organization', body.organization_id);
    if (state.membership(user.id, organization.id)) {
      const message = 'The user is already a member of the organization.';
      throw new ApiError(422, { code: 'invalid_request_parameters', message });
    }
    const role = roleOf(body, organization.id);
    const membership = createMembership(sandbox, user.id, organization.id, role);
    response.status(201).json(membershipWire(membership, state));
  });
  router.get(`${at}/:id`, ({ params }, response) => {
    response.json(membershipWire(membershipOf(params.id), state));
  });
  router.put(`${at}/:id`, (request, response) => {
    const membership = membershipOf(request.params.id);
    const role = roleOf(readBody(roleSchema, request), membership.organizationId);
    updateMembership(sandbox, membership, defined({ role }));
    response.json(membershipWire(membership, state));
  });
  for (const [action, status] of [
    ['deactivate', 'inactive'],
    ['reactivate', 'active'],
  ] as const) {
    router.put(`${at}/:id/${action}`, ({ params }, response) => {
      const membership = membershipOf(params.id);
      if (membership.status !== status) updateMembership(sandbox, membership, { status });
      response.json(membershipWire(membership, state));
    });
  }
  router.delete(`${at}/:id`, ({ params }, response) => {
    deleteMembership(sandbox, membershipOf(params.id));
    response.status(200).end();
  });

  return router;
}
