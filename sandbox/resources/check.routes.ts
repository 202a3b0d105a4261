import express, { Router } from 'express';
import { z } from 'zod';
import { notFound, unprocessable } from '../api-error.js';
import { readBody } from '../request-body.js';
import type { Sandbox } from '../sandbox.js';
import { findResource, isAuthorized, targetSchema } from './resource-access.js';

const checkSchema = z.object({ permission_slug: z.string().min(1) });

/** Fine-grained authorization: may this member do this to that resource? */
export function checkRoutes({ state }: Pick<Sandbox, 'state'>): Router {
  const router = express.Router();

  router.post('/authorization/organization_memberships/:id/check', (request, response) => {
    const membership = state.memberships.find(({ id }) => id === request.params.id);
    if (!membership) throw notFound('organization membership', request.params.id);
    const { permission_slug: permission } = readBody(checkSchema, request);
    const target = targetSchema.safeParse(request.body);
    if (!target.success) {
      const message = 'Send resource_id, or resource_external_id with resource_type_slug.';
      throw unprocessable('resource_id', message);
    }
    const resource = findResource(state, membership.organizationId, target.data);
    if (!resource) {
      const { data } = target;
      throw notFound('resource', 'resource_id' in data ? data.resource_id : data.resource_external_id);
    }
    const asked = { membershipId: membership.id, permission, resourceId: resource.id };
    response.json({ authorized: isAuthorized(state, asked) });
  });

  return router;
}
