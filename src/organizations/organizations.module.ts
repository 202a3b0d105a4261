import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { CommonModule } from '../common/common.module.js';
import { ConfigModule } from '../config/config.module.js';
import { Config } from '../config/config.js';
import { DatabaseModule } from '../database/database.module.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { WorkosModule } from '../workos/workos.module.js';
import { CertificateMetrics } from './certificate-metrics.js';
import { CertificatesRepository } from './certificates.repository.js';
import { CertificatesService } from './certificates.service.js';
import { OrganizationMirrorRepository } from './organization-mirror.repository.js';
import { OrganizationFactsRepository } from './organization-facts.repository.js';
import { OrganizationPoliciesRepository } from './organization-policies.repository.js';
import { OrganizationsRepository } from './organizations.repository.js';
import { OrganizationsService } from './organizations.service.js';
import { RolesRepository } from './roles.repository.js';
import { RoutableDomains } from './routable-domains.js';

/**
 * Which company an e-mail belongs to and which connection it signs in through. It owns the local copy of organizations,
 * domains, connections, certificates and roles; WorkOS stays the source of truth, heard through its events (src/sync writes
 * them with the repositories of this folder) and asked through `OrganizationSource`.
 */
@Module({
  imports: [AuditModule, CommonModule, ConfigModule, DatabaseModule, MetricsModule, WorkosModule],
  providers: [
    CertificateMetrics,
    CertificatesRepository,
    CertificatesService,
    OrganizationFactsRepository,
    OrganizationMirrorRepository,
    OrganizationPoliciesRepository,
    OrganizationsRepository,
    OrganizationsService,
    RolesRepository,
    {
      provide: RoutableDomains,
      inject: [Config],
      useFactory: (config: Config) => new RoutableDomains(config.freeMailDomains),
    },
  ],
  exports: [
    CertificatesRepository,
    CertificatesService,
    OrganizationFactsRepository,
    OrganizationMirrorRepository,
    OrganizationPoliciesRepository,
    OrganizationsService,
    RolesRepository,
  ],
})
export class OrganizationsModule {}
