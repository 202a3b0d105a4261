import { Injectable, type OnModuleInit } from '@nestjs/common';
import { withStore } from '../database/database.js';
import { explainRoles, rolesOf } from '../directories/explain-roles.js';
import { updatedAtOf } from '../mirror/version.js';
import { OrganizationPoliciesRepository } from '../organizations/organization-policies.repository.js';
import { OrganizationsService } from '../organizations/organizations.service.js';
import { SessionClaims, type Claims } from '../sessions/session-claims.js';
import { MembersRepository } from './members.repository.js';

/** What WorkOS says that somebody may do. `permissions` is `null` where they follow from the roles. */
export interface WorkosGrants {
  readonly roles: readonly string[];
  readonly permissions: readonly string[] | null;
}

/** What a member may do: what WorkOS says and what the groups of their directory add, by the organization's own mapping. */
@Injectable()
export class MemberRoles implements OnModuleInit {
  constructor(
    private readonly members: MembersRepository,
    private readonly policies: OrganizationPoliciesRepository,
    private readonly organizations: OrganizationsService,
    private readonly claims: SessionClaims,
  ) {}

  /** Renewed sessions get what new ones get. */
  onModuleInit(): void {
    this.claims.use((userId, { organizationId, roles, permissions }, known) =>
      organizationId === null
        ? Promise.resolve({ roles, permissions: permissions ?? known.permissions })
        : this.grantsOf(organizationId, userId, { roles, permissions: permissions ?? known.permissions }),
    );
  }

  /** What somebody may do in an organization who has these roles in WorkOS. */
  async grantsOf(organizationId: string, userId: string, workos: WorkosGrants): Promise<Claims> {
    const [member, policy] = await withStore(() =>
      Promise.all([this.members.find(organizationId, userId), this.policies.find(organizationId)]),
    );
    const groups = member?.groups ?? [];
    const roles = rolesOf(explainRoles({ workosRoles: workos.roles, groups, policy }));
    const { permissions } = workos;
    if (permissions === null)
      return { roles, permissions: await this.organizations.permissionsOf(organizationId, roles) };
    const added = roles.filter((role) => !workos.roles.includes(role));
    const more = await this.organizations.permissionsOf(organizationId, added);
    return { roles, permissions: [...new Set([...permissions, ...more])].toSorted() };
  }

  /**
   * The same at a sign-in. Of somebody whom WorkOS has as a member by another account, that membership says the roles: what
   * one person may do does not depend on the way in.
   */
  async grantsAtEntry(organizationId: string, userId: string, workos: WorkosGrants): Promise<Claims> {
    const member = await withStore(() => this.members.find(organizationId, userId));
    return this.grantsOf(
      organizationId,
      userId,
      member?.hasTwoAccounts ? { roles: member.workosRoles, permissions: null } : workos,
    );
  }

  /**
   * What somebody may do by a token that says so since `issuedAt`: their roles changed since, or what these allow, and the
   * token does not know of it. The roles are those of whichever is younger, the token or the copy of the membership.
   */
  async grantsByToken(
    organizationId: string,
    userId: string,
    token: Claims,
    issuedAt: Date,
  ): Promise<Claims> {
    const member = await withStore(() => this.members.find(organizationId, userId));
    // A token knows whole seconds: one of the same second may be of the moment before.
    if (member && updatedAtOf(member.version) >= issuedAt)
      return this.grantsOf(organizationId, userId, { roles: member.workosRoles, permissions: null });
    const { roles, permissions } = await this.grantsOf(organizationId, userId, token);
    const allowed = await this.organizations.permissionsOf(organizationId, roles);
    return { roles, permissions: permissions.filter((name) => allowed.includes(name)) };
  }

  /** What a member may do as far as the local copy knows; `null` for whoever is none. */
  async currentGrantsOf(organizationId: string, userId: string): Promise<Claims | null> {
    const member = await withStore(() => this.members.find(organizationId, userId));
    if (!member) return null;
    return this.grantsOf(organizationId, userId, { roles: member.workosRoles, permissions: null });
  }
}
