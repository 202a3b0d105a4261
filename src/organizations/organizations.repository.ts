import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { canonicalDomain } from '../identity/email-domain.js';
import type {
  ConnectionRecord,
  DomainRecord,
  OrganizationRecord,
  RoleRecord,
} from '../identity/organization-source.port.js';

export interface StoredOrganization extends OrganizationRecord {
  /** The organization's own policy; `null` where it has none and the service's applies. */
  readonly guests: 'allow' | 'deny' | null;
  /** Seconds. */
  readonly idleTimeout: number | null;
  /** Seconds. */
  readonly absoluteTimeout: number | null;
  readonly syncedAt: Date;
}

type Tables = {
  organizations: {
    id: string;
    name: string;
    guests: 'allow' | 'deny' | null;
    idle_timeout: number | null;
    absolute_timeout: number | null;
    synced_at: Date;
    deleted_at: Date | null;
  };
  organization_domains: { organization_id: string; domain: string; state: string };
  connections: { id: string; organization_id: string; name: string; type: string; state: string };
  organization_roles: { organization_id: string; slug: string; permissions: string[] };
};

/** The local copy of organizations: what sign-ins are routed by, also while WorkOS is down. */
@Injectable()
export class OrganizationsRepository {
  private readonly db;

  constructor(database: Database) {
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
    const {
      id,
      name,
      guests,
      idle_timeout: idleTimeout,
      absolute_timeout: absoluteTimeout,
      synced_at: syncedAt,
    } = row;
    return {
      id,
      name,
      guests,
      idleTimeout,
      absoluteTimeout,
      syncedAt,
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

  /** Replaces the copy of one organization, whole. Roles stay as they are. */
  async save(organization: OrganizationRecord, syncedAt: Date): Promise<void> {
    const { id, name } = organization;
    await this.db.transaction().execute(async (trx) => {
      await trx
        .insertInto('organizations')
        .values({
          id,
          name,
          guests: null,
          idle_timeout: null,
          absolute_timeout: null,
          synced_at: syncedAt,
          deleted_at: null,
        })
        .onConflict((conflict) =>
          conflict.column('id').doUpdateSet({ name, synced_at: syncedAt, deleted_at: null }),
        )
        .execute();
      await trx.deleteFrom('organization_domains').where('organization_id', '=', id).execute();
      const domains = new Map<string, string>();
      for (const record of organization.domains) {
        const domain = canonicalDomain(record.domain);
        if (domain !== null) domains.set(domain, record.state);
      }
      for (const [domain, state] of domains) {
        await trx.insertInto('organization_domains').values({ organization_id: id, domain, state }).execute();
      }
      await trx.deleteFrom('connections').where('organization_id', '=', id).execute();
      for (const connection of organization.connections) {
        const { name: connectionName, type, state } = connection;
        await trx
          .insertInto('connections')
          .values({ id: connection.id, organization_id: id, name: connectionName, type, state })
          .onConflict((conflict) =>
            conflict.column('id').doUpdateSet({ organization_id: id, name: connectionName, type, state }),
          )
          .execute();
      }
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

  async roles(organizationId: string): Promise<RoleRecord[]> {
    return this.db
      .selectFrom('organization_roles')
      .select(['slug', 'permissions'])
      .where('organization_id', '=', organizationId)
      .execute();
  }

  async saveRoles(organizationId: string, roles: readonly RoleRecord[]): Promise<void> {
    await this.db.transaction().execute(async (trx) => {
      await trx.deleteFrom('organization_roles').where('organization_id', '=', organizationId).execute();
      for (const { slug, permissions } of roles) {
        await trx
          .insertInto('organization_roles')
          .values({ organization_id: organizationId, slug, permissions: [...permissions] })
          .execute();
      }
    });
  }

  private async domains(organizationId: string): Promise<DomainRecord[]> {
    return this.db
      .selectFrom('organization_domains')
      .select(['domain', 'state'])
      .where('organization_id', '=', organizationId)
      .execute();
  }

  private async connections(organizationId: string): Promise<ConnectionRecord[]> {
    return this.db
      .selectFrom('connections')
      .select(['id', 'name', 'type', 'state'])
      .where('organization_id', '=', organizationId)
      .execute();
  }
}
