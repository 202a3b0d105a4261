import { z } from 'zod';
import type { SandboxState } from '../state.js';
import type { Resource, ResourceGrant, ResourceTarget } from './resource.model.js';

/** Exactly one way to name a resource, as WorkOS demands. */
export const targetSchema: z.ZodType<ResourceTarget> = z.union([
  z.object({
    resource_id: z.string(),
    resource_external_id: z.undefined().optional(),
    resource_type_slug: z.undefined().optional(),
  }),
  z.object({
    resource_id: z.undefined().optional(),
    resource_external_id: z.string(),
    resource_type_slug: z.string(),
  }),
]);

/** External ids are unique in one organization and for one type. */
export function findResource(
  { resources }: Pick<SandboxState, 'resources'>,
  organizationId: string,
  target: ResourceTarget,
): Resource | undefined {
  return resources.find((resource) =>
    'resource_id' in target
      ? resource.id === target.resource_id
      : resource.organizationId === organizationId &&
        resource.externalId === target.resource_external_id &&
        resource.typeSlug === target.resource_type_slug,
  );
}

/** An inactive membership gives nothing, nor does one of another organization. */
export function isAuthorized(
  { grants, memberships, resources }: Pick<SandboxState, 'grants' | 'memberships' | 'resources'>,
  asked: ResourceGrant,
): boolean {
  const membership = memberships.find(({ id }) => id === asked.membershipId);
  const resource = resources.find(({ id }) => id === asked.resourceId);
  return (
    membership?.status === 'active' &&
    membership.organizationId === resource?.organizationId &&
    grants.some((grant) => isSame(grant, asked))
  );
}

export function isSame(one: ResourceGrant, other: ResourceGrant): boolean {
  return (
    one.membershipId === other.membershipId &&
    one.permission === other.permission &&
    one.resourceId === other.resourceId
  );
}
