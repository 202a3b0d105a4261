import type { Generated } from 'kysely';

/** The copies that this folder keeps of what WorkOS knows (src/database/migrations/0003-events.ts). */
export type OrganizationTables = {
  organizations: {
    id: string;
    name: string;
    synced_at: Date;
    deleted_at: Date | null;
    version: string;
  };
  organization_domains: {
    id: string;
    organization_id: string;
    /** In canonical form. */
    domain: string;
    state: string;
    version: string;
    /** As WorkOS names it, by the newest account that says anything about it. */
    failure_reason: Generated<string | null>;
    failure_version: Generated<string>;
  };
  connections: {
    id: string;
    organization_id: string;
    name: string;
    type: string;
    state: string;
    version: string;
  };
};

export type RoleTables = {
  roles: {
    /** Empty for a role of the environment. */
    organization_id: string;
    slug: string;
    permissions: string[];
    deleted: Generated<boolean>;
    version: string;
  };
};
