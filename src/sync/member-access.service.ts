import { Injectable } from '@nestjs/common';
import { ProblemError } from '../common/problem-error.js';
import { withStore } from '../database/database.js';
import { passesGate } from '../directories/standing.js';
import { OrganizationPoliciesRepository } from '../organizations/organization-policies.repository.js';
import { DirectoryAdmission } from './directory-admission.service.js';
import { MembersRepository } from './members.repository.js';

/** Whether somebody who is a member may still act for their organization: what a credential without a sign-in must ask. */
@Injectable()
export class MemberAccess {
  constructor(
    private readonly members: MembersRepository,
    private readonly directories: DirectoryAdmission,
    private readonly policies: OrganizationPoliciesRepository,
  ) {}

  /**
   * False for whoever is no member as far as the local copy knows.
   * @throws `account_deactivated` or `group_required`
   */
  async admit(organizationId: string, userId: string): Promise<boolean> {
    const member = await withStore(() => this.members.find(organizationId, userId));
    if (!member) return false;
    if (member.status !== 'active') throw new ProblemError('account_deactivated');
    await this.directories.refuseDeactivated(organizationId, member);
    const { requiredGroups } = await withStore(() => this.policies.find(organizationId));
    if (!passesGate(member.groups, requiredGroups)) throw new ProblemError('group_required');
    return true;
  }
}
