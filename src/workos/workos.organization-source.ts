import { Injectable } from '@nestjs/common';
import { WorkOS, type Organization } from '@workos-inc/node';
import {
  OrganizationSource,
  type OrganizationRecord,
  type RoleRecord,
} from '../identity/organization-source.port.js';
import { classify, unavailable } from './workos.errors.js';

/** Organizations, domains, connections and roles, read from WorkOS's API. */
@Injectable()
export class WorkosOrganizationSource extends OrganizationSource {
  constructor(private readonly workos: WorkOS) {
    super();
  }

  async findByDomain(domain: string): Promise<OrganizationRecord[]> {
    try {
      const page = await this.workos.organizations.listOrganizations({ domains: [domain], limit: 10 });
      return await Promise.all(page.data.map((organization) => this.complete(organization)));
    } catch (error) {
      throw unavailable(error);
    }
  }

  async find(organizationId: string): Promise<OrganizationRecord | null> {
    try {
      return await this.complete(await this.workos.organizations.getOrganization(organizationId));
    } catch (error) {
      if (classify(error).kind === 'not-found') return null;
      throw unavailable(error);
    }
  }

  async roles(organizationId: string): Promise<RoleRecord[]> {
    try {
      const { data } = await this.workos.authorization.listOrganizationRoles(organizationId);
      return data.map(({ slug, permissions, type, updatedAt }) => ({
        slug,
        permissions,
        ofOrganization: type === 'OrganizationRole',
        updatedAt: new Date(updatedAt),
      }));
    } catch (error) {
      if (classify(error).kind === 'not-found') return [];
      throw unavailable(error);
    }
  }

  private async complete(organization: Organization): Promise<OrganizationRecord> {
    const connections = await this.workos.sso.listConnections({
      organizationId: organization.id,
      limit: 100,
    });
    return {
      id: organization.id,
      name: organization.name,
      updatedAt: new Date(organization.updatedAt),
      domains: organization.domains.map(({ id, domain, state, updatedAt }) => ({
        id,
        domain,
        state,
        updatedAt: new Date(updatedAt),
      })),
      connections: connections.data.map(({ id, name, type, state, updatedAt }) => ({
        id,
        name,
        type,
        state,
        updatedAt: new Date(updatedAt),
      })),
    };
  }
}
