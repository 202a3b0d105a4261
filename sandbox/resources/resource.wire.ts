import type { Wire } from '../model.js';
import { times } from '../wire.js';
import type { Resource, ResourceGrant } from './resource.model.js';

export function resourceWire(resource: Resource): Wire {
  return {
    object: 'authorization_resource',
    id: resource.id,
    external_id: resource.externalId,
    resource_type_slug: resource.typeSlug,
    name: resource.name,
    description: null,
    organization_id: resource.organizationId,
    parent_resource_id: null,
    ...times(resource),
  };
}

export function grantWire({ membershipId, permission, resourceId }: ResourceGrant): Wire {
  return { organization_membership_id: membershipId, permission_slug: permission, resource_id: resourceId };
}
