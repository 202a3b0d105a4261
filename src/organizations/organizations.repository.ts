import { Injectable } from '@nestjs/common';
import type { Generated, Transaction } from 'kysely';
import { Database } from '../database/database.js';
import { canonicalDomain } from '../identity/email-domain.js';
import type {
  ConnectionRecord,
  DomainRecord,
  OrganizationRecord,
  RoleRecord,
} from '../identity/organization-source.port.js';
import { updatedAtOf, versionOf } from '../mirror/version.js';
import { OrganizationPoliciesRepository } from './organization-policies.repository.js';
import type { OrganizationPolicy } from './organization-policy.js';

export interface StoredOrganization extends OrganizationRecord {
  readonly policy: OrganizationPolicy;
  readonly syncedAt: Date;
}

type Tables = {
  organizations: {
    id: string;
    name: string;
    synced_at: Date;
    deleted_at: Date | null;
    version: string;
  };
  organization_domains: {
    id: string;
    organization_id: string;
    domain: string;
    state: string;
    version: string;
  };
  connections: {
    id: string;
    organization_id: string;
    name: string;
    type: string;
    state: string;
    version: string;
  };
  roles: {
    organization_id: string;
    slug: string;
    permissions: string[];
    deleted: Generated<boolean>;
    version: string;
  };
};

/** The local copy of organizations: what sign-ins are routed by, also while WorkOS is down. */
@Injectable()
export class OrganizationsRepository {
  private readonly db;

  constructor(
    database: Database,
    private readonly policies: OrganizationPoliciesRepository,
  ) {
    this.db = database.withTables<Tables>();
  }

  async find(organizationId: string): Promise<StoredOrganization | null> {
    const row = await this.db
      .selectFrom('organizations')
      .selectAll()
      .where('id', '=', organizationId)
      .where('deleted_at', 'is', null)
      .executeTakeFirst();
    if (!row) return null;
    const { id, name, synced_at: syncedAt } = row;
    return {
      id,
      name,
      syncedAt,
      updatedAt: updatedAtOf(row.version),
      policy: await this.policies.find(id),
      domains: await this.domains(id),
      connections: await this.connections(id),
    };
  }

  async findByDomain(domain: string): Promise<StoredOrganization[]> {
    const rows = await this.db
      .selectFrom('organization_domains')
      .select('organization_id')
      .where('domain', '=', domain)
      .execute();
    const found = await Promise.all(rows.map((row) => this.find(row.organization_id)));
    return found.filter((organization) => organization !== null);
  }

  /** Takes over one organization as WorkOS's API has it. What an event already told of it later stays. */
  async save(organization: OrganizationRecord, syncedAt: Date): Promise<void> {
    await this.db.transaction().execute(async (trx) => {
      await this.saveOrganization(trx, organization, syncedAt);
      await this.saveDomains(trx, organization);
      await this.saveConnections(trx, organization);
    });
  }

  /** Hides what WorkOS no longer has: nothing routes to it, and no data of the tenant is lost with it. */
  async hide(organizationId: string, deletedAt: Date): Promise<void> {
    await this.db.transaction().execute(async (trx) => {
      await trx
        .updateTable('organizations')
        .set({ deleted_at: deletedAt })
        .where('id', '=', organizationId)
        .execute();
      await trx.deleteFrom('organization_domains').where('organization_id', '=', organizationId).execute();
      await trx.deleteFrom('connections').where('organization_id', '=', organizationId).execute();
    });
  }

  /** What the roles of the organization allow: its own before those of the environment. */
  async roles(organizationId: string): Promise<RoleRecord[]> {
    const rows = await this.db
      .selectFrom('roles')
      .select(['organization_id', 'slug', 'permissions'])
      .where('organization_id', 'in', ['', organizationId])
      .where('deleted', '=', false)
      .orderBy('organization_id')
      .execute();
    const bySlug = new Map(
      rows.map(({ organization_id: owner, slug, permissions }) => [
        slug,
        { slug, permissions, ofOrganization: owner !== '', updatedAt: null },
      ]),
    );
    return [...bySlug.values()];
  }

  async saveRoles(organizationId: string, roles: readonly RoleRecord[]): Promise<void> {
    await this.db.transaction().execute(async (trx) => {
      for (const { slug, permissions, ofOrganization, updatedAt } of roles) {
        const version = versionOf({ updatedAt: updatedAt ?? new Date(0) });
        await trx
          .insertInto('roles')
          .values({
            organization_id: ofOrganization ? organizationId : '',
            slug,
            permissions: [...permissions],
            version,
          })
          .onConflict((conflict) =>
            conflict
              .columns(['organization_id', 'slug'])
              .doUpdateSet({ permissions: [...permissions], deleted: false, version })
              .where('roles.version', '<=', version),
          )
          .execute();
      }
    });
  }

  private async saveOrganization(
    trx: Transaction<Tables>,
    { id, name, updatedAt }: OrganizationRecord,
    syncedAt: Date,
  ): Promise<void> {
    const version = versionOf({ updatedAt });
    await trx
      .insertInto('organizations')
      .values({ id, name, synced_at: syncedAt, deleted_at: null, version })
      .onConflict((conflict) =>
        conflict
          .column('id')
          .doUpdateSet({ name, synced_at: syncedAt, deleted_at: null, version })
          .where('organizations.version', '<=', version),
      )
      .execute();
    await trx.updateTable('organizations').set({ synced_at: syncedAt }).where('id', '=', id).execute();
  }

  private async saveDomains(trx: Transaction<Tables>, { id, domains }: OrganizationRecord): Promise<void> {
    await trx.deleteFrom('organization_domains').where('organization_id', '=', id).execute();
    for (const record of domains) {
      const domain = canonicalDomain(record.domain);
      if (domain === null) continue;
      const { state, updatedAt } = record;
      const values = { organization_id: id, domain, state, version: versionOf({ updatedAt }) };
      await trx
        .insertInto('organization_domains')
        .values({ id: record.id, ...values })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(values))
        .execute();
    }
  }

  private async saveConnections(
    trx: Transaction<Tables>,
    { id, connections }: OrganizationRecord,
  ): Promise<void> {
    await trx.deleteFrom('connections').where('organization_id', '=', id).execute();
    for (const { id: connectionId, name, type, state, updatedAt } of connections) {
      const values = { organization_id: id, name, type, state, version: versionOf({ updatedAt }) };
      await trx
        .insertInto('connections')
        .values({ id: connectionId, ...values })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(values))
        .execute();
    }
  }

  private async domains(organizationId: string): Promise<DomainRecord[]> {
    const rows = await this.db
      .selectFrom('organization_domains')
      .select(['id', 'domain', 'state', 'version'])
      .where('organization_id', '=', organizationId)
      .execute();
    return rows.map(({ version, ...domain }) => ({ ...domain, updatedAt: updatedAtOf(version) }));
  }

  private async connections(organizationId: string): Promise<ConnectionRecord[]> {
    const rows = await this.db
      .selectFrom('connections')
      .select(['id', 'name', 'type', 'state', 'version'])
      .where('organization_id', '=', organizationId)
      .execute();
    return rows.map(({ version, ...connection }) => ({ ...connection, updatedAt: updatedAtOf(version) }));
  }
}
