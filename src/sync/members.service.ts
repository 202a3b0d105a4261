import { Injectable } from '@nestjs/common';
import { pageOf, type Page } from '../common/pagination.js';
import { Database, withStore } from '../database/database.js';
import { DirectoriesService } from '../directories/directories.service.js';
import { explainRoles, rolesOf } from '../directories/explain-roles.js';
import type { RoleSource } from '../directories/role-source.schemas.js';
import { OrganizationFactsRepository } from '../organizations/organization-facts.repository.js';
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
    private readonly directories: DirectoriesService,
    private readonly facts: OrganizationFactsRepository,
    private readonly database: Database,
  ) {}

  /** @param cursor the id to go on behind, from `cursorId` */
  async list(organizationId: string, limit: number, cursor: string | undefined): Promise<Page<Member>> {
    return withStore(async () => {
      const policy = await this.policies.find(organizationId);
      const rows = await this.judged(
        organizationId,
        await this.repository.list(organizationId, limit + 1, cursor),
      );
      return pageOf(
        rows.map((row) => memberOf(row, policy)),
        limit,
      );
    });
  }

  async find(organizationId: string, userId: string): Promise<Member | null> {
    return withStore(async () => {
      const stored = await this.repository.find(organizationId, userId);
      if (!stored) return null;
      const [row = stored] = await this.judged(organizationId, [stored]);
      return memberOf(row, await this.policies.find(organizationId));
    });
  }

  /** Those with this address, in whatever case. */
  async findByEmail(organizationId: string, email: string): Promise<Member[]> {
    return withStore(async () => {
      const rows = await this.judged(
        organizationId,
        await this.repository.findByEmail(organizationId, email),
      );
      const policy = await this.policies.find(organizationId);
      return rows.map((row) => memberOf(row, policy));
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

  /** A record that is linked to nobody may still keep somebody out: asked of those of whom no record of their own says anything. */
  private async judged(
    organizationId: string,
    members: readonly StoredMember[],
  ): Promise<readonly StoredMember[]> {
    const open = members.filter(({ status, directoryManaged }) => status === 'active' && !directoryManaged);
    if (open.length === 0) return members;
    const verified = await this.facts.verifiedDomains(this.database, organizationId);
    const out = await this.directories.deactivated(organizationId, open, verified);
    return members.map((member) => (out.has(member.id) ? { ...member, status: 'deactivated' } : member));
  }
}

function memberOf(stored: StoredMember, policy: OrganizationPolicy): Member {
  const { id, email, firstName, lastName, profilePictureUrl, status, directoryManaged, usable } = stored;
  const roles = rolesOf(explainRoles({ ...stored, policy }));
  return { id, email, firstName, lastName, profilePictureUrl, roles, status, directoryManaged, usable };
}
