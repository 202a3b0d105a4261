export interface OrganizationRecord {
  readonly id: string;
  readonly name: string;
  /** WorkOS's `updated_at`, here and below: an older account never replaces a newer one. */
  readonly updatedAt: Date;
  readonly domains: readonly DomainRecord[];
  readonly connections: readonly ConnectionRecord[];
}

export interface DomainRecord {
  readonly id: string;
  /** As WorkOS writes it; the canonical form is made where it is stored. */
  readonly domain: string;
  readonly state: string;
  readonly updatedAt: Date;
}

export interface ConnectionRecord {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly state: string;
  readonly updatedAt: Date;
}

export interface RoleRecord {
  readonly slug: string;
  readonly permissions: readonly string[];
  /** The organization's own; else one of the environment, which every organization has. */
  readonly ofOrganization: boolean;
  readonly updatedAt: Date | null;
}

/**
 * Reads organizations from WorkOS, the source of truth. `null` and empty lists mean that WorkOS knows of none;
 * whatever says nothing about that throws `ProblemError('upstream_unavailable')`.
 */
export abstract class OrganizationSource {
  /** The organization that registered this domain, in whatever state the domain is. More than one: all of them. */
  abstract findByDomain(domain: string): Promise<OrganizationRecord[]>;

  abstract find(organizationId: string): Promise<OrganizationRecord | null>;

  /** The roles that exist in the organization, its own and those of the environment. */
  abstract roles(organizationId: string): Promise<RoleRecord[]>;
}
