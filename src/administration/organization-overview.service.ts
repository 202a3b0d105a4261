import { Injectable } from '@nestjs/common';
import { OrganizationsService } from '../auth/index.js';
import { ProblemError } from '../common/problem-error.js';
import { CertificatesService } from '../organizations/certificates.service.js';
import { viewOf } from './organization-view.js';
import type { OrganizationView } from './organization-view.schemas.js';

/** The organization as its members see it, from the local copy, which is asked for anew where it is old. */
@Injectable()
export class OrganizationOverview {
  constructor(
    private readonly organizations: OrganizationsService,
    private readonly certificates: CertificatesService,
  ) {}

  /** @throws `not_found` where WorkOS no longer has the organization */
  async read(organizationId: string, manages: boolean): Promise<OrganizationView> {
    const organization = await this.organizations.find(organizationId);
    if (!organization) throw new ProblemError('not_found');
    const domains = await this.organizations.domainsOf(organizationId);
    const certificates = await this.certificates.ofOrganization(organizationId);
    return viewOf(organization, domains, certificates, manages);
  }
}
