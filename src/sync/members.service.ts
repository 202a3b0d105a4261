import { Injectable } from '@nestjs/common';
import { pageOf, type Page } from '../common/pagination.js';
import { withStore } from '../database/database.js';
import { explainRoles, rolesOf } from '../directories/explain-roles.js';
import type { RoleSource } from '../directories/role-source.schemas.js';
import type { OrganizationPolicy } from '../organizations/organization-policy.js';
import { OrganizationPoliciesRepository } from '../organizations/organization-policies.repository.js';
import type { Member } from './member.schemas.js';
import { MembersRepository, type StoredMember } from './members.repository.js';

/** The people of an organization, newest first. Whoever is no member of it is not there, wherever else they are. */
@Injectable()
export class MembersService {
  constructor(
    private readonly repository: MembersRepository,
    private readonly policies: OrganizationPoliciesRepository,
  ) {}

  /** @param cursor the id to go on behind, from `cursorId` */
  async list(organizationId: string, limit: number, cursor: string | undefined): Promise<Page<Member>> {
    return withStore(async () => {
      const policy = await this.policies.find(organizationId);
      const rows = await this.repository.list(organizationId, limit + 1, cursor);
      return pageOf(
        rows.map((row) => memberOf(row, policy)),
        limit,
      );
    });
  }

  async find(organizationId: string, userId: string): Promise<Member | null> {
    return withStore(async () => {
      const row = await this.repository.find(organizationId, userId);
      return row ? memberOf(row, await this.policies.find(organizationId)) : null;
    });
  }

  /** The directory groups that a member is in; none for whoever is no member. */
  async groupsOf(organizationId: string, userId: string): Promise<StoredMember['groups']> {
    const row = await withStore(() => this.repository.find(organizationId, userId));
    return row?.groups ?? [];
  }

  /** Why a member has their roles; `null` for whoever is no member. */
  async explainRoles(organizationId: string, userId: string): Promise<RoleSource[] | null> {
    return withStore(async () => {
      const row = await this.repository.find(organizationId, userId);
      return row ? explainRoles({ ...row, policy: await this.policies.find(organizationId) }) : null;
    });
  }
}

function memberOf(stored: StoredMember, policy: OrganizationPolicy): Member {
  const { id, email, firstName, lastName, profilePictureUrl, status, directoryManaged, usable } = stored;
  const roles = rolesOf(explainRoles({ ...stored, policy }));
  return { id, email, firstName, lastName, profilePictureUrl, roles, status, directoryManaged, usable };
}
