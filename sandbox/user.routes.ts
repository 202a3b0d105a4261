import express, { Router } from 'express';
import { ApiError, notFound } from './api-error.js';
import { listWire, several, single } from './parameters.js';
import type { Sandbox } from './sandbox.js';
import { revokeSession } from './sessions.js';
import { membershipWire, sessionWire, userWire } from './wire.js';

/** AuthKit's users, memberships and sessions. */
export function userRoutes({ state, clock }: Sandbox): Router {
  const router = express.Router();

  router.get('/user_management/users', (request, response) => {
    const email = single(request.query, 'email')?.toLowerCase();
    const organizationId = single(request.query, 'organization_id') ?? single(request.query, 'organization');
    const found = state.users.filter(
      (user) =>
        (email === undefined || user.email.toLowerCase() === email) &&
        (organizationId === undefined || state.membership(user.id, organizationId)),
    );
    response.json(listWire(found, request.query, userWire));
  });

  router.get('/user_management/users/:id', ({ params: { id } }, response) => {
    const user = state.user(id);
    if (!user) throw notFound('user', id);
    response.json(userWire(user));
  });

  router.get('/user_management/users/:id/sessions', (request, response) => {
    const { id } = request.params;
    if (!state.user(id)) throw notFound('user', id);
    const found = state.sessions.filter(({ userId }) => userId === id);
    response.json(listWire(found, request.query, (session) => sessionWire(session, clock)));
  });

  router.get('/user_management/organization_memberships', (request, response) => {
    const userId = single(request.query, 'user_id');
    const organizationId = single(request.query, 'organization_id');
    const asked = several(request.query, 'statuses');
    const statuses = asked.length === 0 ? ['active'] : asked;
    if (userId === undefined && organizationId === undefined) {
      const message = 'Either user_id or organization_id must be provided.';
      throw new ApiError(400, { code: 'missing_user_id_or_organization_id', message });
    }
    const found = state.memberships.filter(
      (membership) =>
        (userId === undefined || membership.userId === userId) &&
        (organizationId === undefined || membership.organizationId === organizationId) &&
        statuses.includes(membership.status),
    );
    response.json(listWire(found, request.query, (membership) => membershipWire(membership, state)));
  });

  router.post('/user_management/sessions/revoke', (request, response) => {
    const id = single(request.body, 'session_id');
    const session = id === undefined ? undefined : state.session(id);
    if (!session) throw new ApiError(400, { message: `Session not found: '${id ?? ''}'.` });
    revokeSession({ state, clock }, session);
    response.status(200).end();
  });

  return router;
}
