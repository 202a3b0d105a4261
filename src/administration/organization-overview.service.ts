import { Injectable } from '@nestjs/common';
import { OrganizationsService } from '../auth/index.js';
import { Clock } from '../common/clock.js';
import { ProblemError } from '../common/problem-error.js';
import { OrganizationFactsRepository } from './organization-facts.repository.js';
import { viewOf, type OrganizationView } from './organization-view.js';

/** The organization as its members see it, from the local copy, which is asked for anew where it is old. */
@Injectable()
export class OrganizationOverview {
  constructor(
    private readonly organizations: OrganizationsService,
    private readonly facts: OrganizationFactsRepository,
    private readonly clock: Clock,
  ) {}

  /** @throws `not_found` where WorkOS no longer has the organization */
  async read(organizationId: string, manages: boolean): Promise<OrganizationView> {
    const organization = await this.organizations.find(organizationId);
    if (!organization) throw new ProblemError('not_found');
    const conflicts = await this.facts.conflicts(organizationId);
    const certificates = await this.facts.certificates(organizationId);
    return viewOf(organization, { conflicts, certificates }, manages, this.clock.now());
  }
}
