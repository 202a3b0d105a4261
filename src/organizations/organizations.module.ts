import { Module } from '@nestjs/common';
import { CommonModule } from '../common/common.module.js';
import { DatabaseModule } from '../database/database.module.js';
import { WorkosModule } from '../workos/workos.module.js';
import { OrganizationFactsRepository } from './organization-facts.repository.js';
import { OrganizationPoliciesRepository } from './organization-policies.repository.js';
import { OrganizationsRepository } from './organizations.repository.js';
import { OrganizationsService } from './organizations.service.js';

/**
 * Which company an e-mail belongs to and which connection it signs in through. It owns the local copy of organizations,
 * domains, connections and roles; WorkOS stays the source of truth, reached through `OrganizationSource` alone.
 */
@Module({
  imports: [CommonModule, DatabaseModule, WorkosModule],
  providers: [
    OrganizationFactsRepository,
    OrganizationsService,
    OrganizationsRepository,
    OrganizationPoliciesRepository,
  ],
  exports: [OrganizationFactsRepository, OrganizationsService, OrganizationPoliciesRepository],
})
export class OrganizationsModule {}
