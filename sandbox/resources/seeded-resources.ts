import { stableId } from '../ids.js';
import type { Membership, Organization, User } from '../model.js';
import type { ReadSeed } from '../seed.js';
import type { Resource, ResourceGrant } from './resource.model.js';

interface Members {
  organizations: readonly Organization[];
  users: readonly User[];
  memberships: readonly Membership[];
}

export function seededResources(
  seed: ReadSeed,
  { organizations, users, memberships }: Members,
  times: { createdAt: Date; updatedAt: Date },
): { resources: Resource[]; grants: ResourceGrant[] } {
  const resources: Resource[] = [];
  const grants: ResourceGrant[] = [];
  seed.organizations.forEach((entry, index) => {
    const organizationId = organizations[index]?.id;
    if (organizationId === undefined) return;
    for (const { external_id: externalId, type: typeSlug, name, grants: given } of entry.resources) {
      const id = stableId('authz_resource', organizationId, typeSlug, externalId);
      resources.push({ id, organizationId, externalId, typeSlug, name: name ?? externalId, ...times });
      for (const { email, permissions } of given) {
        const userId = users.find((user) => user.email === email)?.id;
        const membership = memberships.find(
          (candidate) => candidate.userId === userId && candidate.organizationId === organizationId,
        );
        if (!membership) continue;
        for (const permission of permissions) {
          grants.push({ membershipId: membership.id, permission, resourceId: id });
        }
      }
    }
  });
  return { resources, grants };
}
