/** Something in an organization on which access is decided one by one. */
export interface Resource {
  id: string;
  organizationId: string;
  externalId: string;
  typeSlug: string;
  name: string;
  createdAt: Date;
  updatedAt: Date;
}

/** Which member may do what to which resource: what WorkOS derives from role assignments. */
export interface ResourceGrant {
  membershipId: string;
  permission: string;
  resourceId: string;
}

/** A resource by its own id, or by the application's. */
export type ResourceTarget =
  | { resource_id: string }
  | { resource_external_id: string; resource_type_slug: string };
