import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../database/database.js';
import type {
  ConnectionRecord,
  DomainRecord,
  OrganizationRecord,
} from '../identity/organization-source.port.js';
import { isBuried, type MirrorTransaction } from '../mirror/tombstones.js';
import { updatedAtOf } from '../mirror/version.js';
import { CertificatesRepository } from './certificates.repository.js';
import { OrganizationMirrorRepository } from './organization-mirror.repository.js';
import { OrganizationPoliciesRepository } from './organization-policies.repository.js';
import type { OrganizationPolicy } from './organization-policy.js';
import type { OrganizationTables } from './organization-tables.js';
import { isOwned, OWNED, type DomainClaim } from './resolve-connection.js';

export interface StoredOrganization extends OrganizationRecord {
  readonly policy: OrganizationPolicy;
  /** The domains that WorkOS saw to be the organization's and nobody else's. */
  readonly ownDomains: readonly string[];
}

/** What the copy held before the API was asked: object id to version. */
type Snapshot = ReadonlyMap<string, string>;

/** The local copy of organizations: what sign-ins are routed by, also while WorkOS is down. */
@Injectable()
export class OrganizationsRepository {
  private readonly db;

  constructor(
    private readonly database: Database,
    private readonly mirror: OrganizationMirrorRepository,
    private readonly certificates: CertificatesRepository,
    private readonly policies: OrganizationPoliciesRepository,
  ) {
    this.db = database.withTables<OrganizationTables>();
  }

  async find(organizationId: string): Promise<StoredOrganization | null> {
    const row = await this.db
      .selectFrom('organizations')
      .selectAll()
      .where('id', '=', organizationId)
      .where('deleted_at', 'is', null)
      .executeTakeFirst();
    if (!row) return null;
    const { id, name } = row;
    const [policy, standings, connections] = await Promise.all([
      this.policies.find(id),
      this.contestedDomains(id),
      this.connections(id),
    ]);
    const domains = standings.map(({ domain }) => domain);
    const own = standings.filter(({ domain, contested }) => !contested && isOwned(domain.state));
    const ownDomains = own.map(({ domain }) => domain.domain);
    return {
      id,
      name,
      updatedAt: updatedAtOf(row.version),
      policy,
      domains,
      ownDomains,
      connections,
    };
  }

  /**
   * Who owns the domain, with what they can be signed in through: of all that is registered, only what may count. One
   * statement over two indexes, however many there are.
   */
  async claims(domain: string): Promise<DomainClaim[]> {
    const rows = await this.db
      .selectFrom('organization_domains as d')
      // A domain may be heard of before its organization, and not for longer than it.
      .leftJoin('organizations as o', 'o.id', 'd.organization_id')
      .leftJoin('connections as c', (join) =>
        join.onRef('c.organization_id', '=', 'd.organization_id').on('c.state', '=', 'active'),
      )
      .select([
        'd.id',
        'd.organization_id',
        'd.state',
        'c.id as connection_id',
        'c.name',
        'c.state as connection_state',
      ])
      .where('d.domain', '=', domain)
      .where('d.state', 'in', OWNED)
      .where('o.deleted_at', 'is', null)
      .execute();
    return [...Map.groupBy(rows, (row) => row.id).values()].flatMap((same) => {
      const [first] = same;
      if (!first) return [];
      const connections = same.flatMap(({ connection_id: id, name, connection_state: state }) =>
        id === null ? [] : [{ id, name: name ?? '', state: state ?? '' }],
      );
      return [{ organizationId: first.organization_id, domain, state: first.state, connections }];
    });
  }

  /** The domains of an organization, and whether another one has had them verified too. */
  async contestedDomains(
    organizationId: string,
  ): Promise<{ domain: DomainRecord; contested: boolean; failureReason: string | null }[]> {
    const rows = await this.db
      .selectFrom('organization_domains as d')
      .select((eb) => [
        'd.id',
        'd.domain',
        'd.state',
        'd.version',
        'd.failure_reason',
        eb
          .exists(
            eb
              .selectFrom('organization_domains as other')
              .select('other.id')
              .whereRef('other.domain', '=', 'd.domain')
              .whereRef('other.organization_id', '<>', 'd.organization_id')
              .where('other.state', 'in', OWNED),
          )
          .as('contested'),
      ])
      .where('d.organization_id', '=', organizationId)
      .orderBy('d.domain')
      .execute();
    return rows.map(({ version, contested, failure_reason: failureReason, ...domain }) => ({
      domain: { ...domain, updatedAt: updatedAtOf(version) },
      contested: Boolean(contested),
      failureReason,
    }));
  }

  /** Of the organizations that registered the domain, in whatever state. */
  async organizationsOfDomain(domain: string): Promise<string[]> {
    const rows = await this.db
      .selectFrom('organization_domains')
      .select('organization_id')
      .distinct()
      .where('domain', '=', domain)
      .execute();
    return rows.map((row) => row.organization_id);
  }

  async organizationOfConnection(connectionId: string): Promise<string | null> {
    const row = await this.db
      .selectFrom('connections')
      .select('organization_id')
      .where('id', '=', connectionId)
      .executeTakeFirst();
    return row?.organization_id ?? null;
  }

  /** Taken before the API is asked: `save` removes only what was there then and has not been told of since. */
  async snapshot(organizationId: string): Promise<Snapshot> {
    const { rows } = await sql<{ id: string; version: string }>`
      select id, version from organizations where id = ${organizationId}
      union all select id, version from organization_domains where organization_id = ${organizationId}
      union all select id, version from connections where organization_id = ${organizationId}
    `.execute(this.db);
    return new Map(rows.map(({ id, version }) => [id, version]));
  }

  /**
   * Takes over one organization as WorkOS's API has it. What an event told of it later stays, and so does what an event
   * told of since `before`, whatever the answer, which may be older, says.
   */
  async save(organization: OrganizationRecord, before: Snapshot, syncedAt: Date): Promise<void> {
    const { id } = organization;
    await this.database.transaction().execute(async (trx) => {
      await this.mirror.applyOrganization(trx, organization, undefined, syncedAt);
      if (await isBuried(trx, [id])) return;
      const domains = organization.domains.toSorted((a, b) => (a.domain < b.domain ? -1 : 1));
      for (const domain of domains)
        await this.mirror.applyDomain(trx, { ...domain, organizationId: id }, undefined);
      for (const connection of organization.connections)
        await this.mirror.applyConnection(trx, { ...connection, organizationId: id }, undefined);
      const named = new Set([...organization.domains, ...organization.connections].map((one) => one.id));
      const gone = [...before].filter(([objectId]) => objectId !== id && !named.has(objectId));
      await this.forget(trx, gone);
    });
  }

  /** Hides what WorkOS's API does not have: nothing routes to it, and no data of the tenant is lost with it. */
  async hide(organizationId: string, before: Snapshot, deletedAt: Date): Promise<void> {
    const version = before.get(organizationId);
    await this.database.transaction().execute(async (trx) => {
      if (version !== undefined) {
        await trx
          .withTables<OrganizationTables>()
          .updateTable('organizations')
          .set({ deleted_at: deletedAt })
          .where('id', '=', organizationId)
          .where('version', '=', version)
          .execute();
      }
      await this.forget(trx, [...before]);
    });
  }

  private async forget(
    trx: MirrorTransaction,
    gone: readonly (readonly [id: string, version: string])[],
  ): Promise<void> {
    const db = trx.withTables<OrganizationTables>();
    for (const [id, version] of gone) {
      await db
        .deleteFrom('organization_domains')
        .where('id', '=', id)
        .where('version', '=', version)
        .execute();
      const { numDeletedRows } = await db
        .deleteFrom('connections')
        .where('id', '=', id)
        .where('version', '=', version)
        .executeTakeFirst();
      if (numDeletedRows > 0n) await this.certificates.remove(trx, id);
    }
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
