import express, { Router, type Request } from 'express';
import { z } from 'zod';
import { notFound } from '../api-error.js';
import { newTimes } from '../changes/records.js';
import { done, read } from '../controls.http.js';
import { freshId } from '../ids.js';
import type { Membership } from '../model.js';
import type { Sandbox } from '../sandbox.js';
import { findResource, isAuthorized, isSame, targetSchema } from './resource-access.js';
import type { Resource, ResourceGrant, ResourceTarget } from './resource.model.js';
import { resourceWire } from './resource.wire.js';

const resourceSchema = z.strictObject({
  organization_id: z.string(),
  external_id: z.string().min(1),
  resource_type_slug: z.string().min(1),
  name: z.string().min(1).optional(),
});
const grantSchema = z
  .object({ organization_membership_id: z.string(), permission_slug: z.string().min(1) })
  .and(targetSchema);

/** Resources, and who may do what to them. */
export function resourceControls(sandbox: Sandbox): Router {
  const { state } = sandbox;
  const router = express.Router();

  const created = (
    given: Pick<Resource, 'organizationId' | 'externalId' | 'typeSlug' | 'name'>,
  ): Resource => {
    const resource = { id: freshId('authz_resource'), ...given, ...newTimes(sandbox) };
    state.resources.push(resource);
    return resource;
  };
  const grantOf = (request: Request): ResourceGrant => {
    const body = read(grantSchema, request);
    const membership = state.memberships.find(({ id }) => id === body.organization_membership_id);
    if (!membership) throw notFound('organization membership', body.organization_membership_id);
    return {
      membershipId: membership.id,
      permission: body.permission_slug,
      resourceId: resourceOf(membership, body).id,
    };
  };
  /** A test that grants access to something new need not say before that it exists. */
  const resourceOf = ({ organizationId }: Membership, target: ResourceTarget): Resource => {
    const known = findResource(state, organizationId, target);
    if (known) return known;
    if ('resource_id' in target) throw notFound('resource', target.resource_id);
    const { resource_external_id: externalId, resource_type_slug: typeSlug } = target;
    return created({ organizationId, externalId, typeSlug, name: externalId });
  };

  router.post('/resources', (request, response) => {
    const body = read(resourceSchema, request);
    const { organization_id: organizationId, external_id: externalId, resource_type_slug: typeSlug } = body;
    if (!state.organization(organizationId)) throw notFound('organization', organizationId);
    const resource = created({ organizationId, externalId, typeSlug, name: body.name ?? externalId });
    done(request, response, resourceWire(resource));
  });
  router.post('/resources/:id/delete', (request, response) => {
    const { id } = request.params;
    if (!state.resources.some((resource) => resource.id === id)) throw notFound('resource', id);
    state.resources = state.resources.filter((resource) => resource.id !== id);
    state.grants = state.grants.filter(({ resourceId }) => resourceId !== id);
    done(request, response, {});
  });

  router.post('/grants', (request, response) => {
    const grant = grantOf(request);
    if (!state.grants.some((known) => isSame(known, grant))) state.grants.push(grant);
    done(request, response, { authorized: isAuthorized(state, grant) });
  });
  router.post('/grants/revoke', (request, response) => {
    const grant = grantOf(request);
    state.grants = state.grants.filter((known) => !isSame(known, grant));
    done(request, response, { authorized: isAuthorized(state, grant) });
  });

  return router;
}
