import { Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import type { MirrorTransaction } from '../mirror/tombstones.js';
import { readPolicy, type OrganizationPolicy } from './organization-policy.js';
import { OWNED } from './resolve-connection.js';
import { RoutableDomains } from './routable-domains.js';

type Tables = {
  organization_domains: { organization_id: string; domain: string; state: string };
  organization_policies: { organization_id: string; policy: unknown };
};

/** What decisions about people need to know of their organization, read where they are made: inside their transaction. */
@Injectable()
export class OrganizationFactsRepository {
  constructor(private readonly routable: RoutableDomains) {}

  /** The domains that WorkOS saw to be the organization's and nobody else's, in canonical form, and that may be anybody's. */
  async verifiedDomains(db: Kysely<Record<never, never>>, organizationId: string): Promise<Set<string>> {
    const rows = await db
      .withTables<Tables>()
      .selectFrom('organization_domains as own')
      .select('own.domain')
      .where('own.organization_id', '=', organizationId)
      .where('own.state', 'in', OWNED)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('organization_domains as other')
              .select('other.domain')
              .whereRef('other.domain', '=', 'own.domain')
              .whereRef('other.organization_id', '<>', 'own.organization_id')
              .where('other.state', 'in', OWNED),
          ),
        ),
      )
      .execute();
    return new Set(
      rows.map(({ domain }) => domain).filter((domain) => this.routable.refusalOf(domain) === null),
    );
  }

  /** The policy; a change of it that is under way is waited for. */
  async policy(trx: MirrorTransaction, organizationId: string): Promise<OrganizationPolicy> {
    const row = await trx
      .withTables<Tables>()
      .selectFrom('organization_policies')
      .select('policy')
      .where('organization_id', '=', organizationId)
      .forShare()
      .executeTakeFirst();
    return readPolicy(row?.policy);
  }
}
