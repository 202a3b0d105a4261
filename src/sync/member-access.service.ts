import { Injectable } from '@nestjs/common';
import { ProblemError } from '../common/problem-error.js';
import { Config } from '../config/config.js';
import { withStore } from '../database/database.js';
import { parseEmail } from '../identity/email-domain.js';
import { guestRule } from '../organizations/organization-policy.js';
import type { StoredOrganization } from '../organizations/organizations.repository.js';
import { OrganizationsService } from '../organizations/organizations.service.js';
import { barOf } from './bar-of-member.js';
import { DirectoryAdmission } from './directory-admission.service.js';
import { MembersRepository, type StoredMember } from './members.repository.js';

/** Whether somebody who is a member may still act for their organization: what a credential without a sign-in must ask. */
@Injectable()
export class MemberAccess {
  constructor(
    private readonly members: MembersRepository,
    private readonly directories: DirectoryAdmission,
    private readonly organizations: OrganizationsService,
    private readonly config: Config,
  ) {}

  /**
   * False for whoever is no member as far as the local copy knows.
   * @throws `account_deactivated`, `guest_not_allowed` or `group_required`
   */
  async admit(organization: StoredOrganization, userId: string): Promise<boolean> {
    return this.decide(organization, await this.find(organization, userId));
  }

  /** The same of whoever holds something that no sign-in renews: it waits where their directory is gone and they did not come again. */
  async admitHolder(organization: StoredOrganization, userId: string): Promise<boolean> {
    const member = await this.find(organization, userId);
    if (member?.hasLostDirectory) throw new ProblemError('account_deactivated');
    return this.decide(organization, member);
  }

  private find({ id }: StoredOrganization, userId: string): Promise<StoredMember | undefined> {
    return withStore(() => this.members.find(id, userId));
  }

  private async decide(organization: StoredOrganization, member: StoredMember | undefined): Promise<boolean> {
    if (!member) return false;
    const isUnwelcome = this.isUnwelcome(organization, member.email);
    const bar = barOf(member, isUnwelcome, organization.policy.requiredGroups);
    if (bar !== null) throw new ProblemError(bar);
    await this.directories.refuseDeactivated(organization.id, member);
    return true;
  }

  private isUnwelcome(organization: StoredOrganization, email: string): boolean {
    if (guestRule(organization.policy, null, this.config.guests) === 'allow') return false;
    return this.organizations.isGuest(organization, parseEmail(email)?.domain ?? '');
  }
}
