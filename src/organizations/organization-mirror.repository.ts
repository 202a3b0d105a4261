import { Injectable } from '@nestjs/common';
import { AuditLog } from '../audit/audit-log.service.js';
import { canonicalDomain } from '../identity/email-domain.js';
import type { ConnectionRecord, DomainRecord } from '../identity/organization-source.port.js';
import { bury, isBuried, type MirrorTransaction } from '../mirror/tombstones.js';
import { takeTurn, takeTurnBelow } from '../mirror/turns.js';
import { versionOf, type Account } from '../mirror/version.js';
import { CertificatesRepository } from './certificates.repository.js';
import type { OrganizationTables } from './organization-tables.js';
import { isOwned, OWNED } from './resolve-connection.js';
import { RoutableDomains } from './routable-domains.js';

/** The event that tells of something; none where it was read from the API. */
type Told = Account['event'];
type Owned<Record> = Record & { readonly organizationId: string };

interface OrganizationAccount {
  readonly id: string;
  readonly name: string;
  readonly updatedAt: Date;
}

/**
 * Writes the local copy: the one way in for what events tell and for what the API says. An account that is older than the
 * copy changes nothing, and what was deleted stays deleted.
 */
@Injectable()
export class OrganizationMirrorRepository {
  constructor(
    private readonly audit: AuditLog,
    private readonly certificates: CertificatesRepository,
    private readonly routable: RoutableDomains,
  ) {}

  async applyOrganization(
    trx: MirrorTransaction,
    { id, name, updatedAt }: OrganizationAccount,
    told: Told,
    syncedAt: Date,
  ): Promise<void> {
    await takeTurnBelow(trx, [id]);
    if (await isBuried(trx, [id])) return;
    const version = versionOf({ updatedAt, ...(told && { event: told }) });
    const values = { name, deleted_at: null, version };
    const db = trx.withTables<OrganizationTables>();
    await db
      .insertInto('organizations')
      .values({ id, synced_at: syncedAt, ...values })
      .onConflict((conflict) =>
        conflict
          .column('id')
          .doUpdateSet({ ...values, synced_at: syncedAt })
          .where('organizations.version', '<', version),
      )
      .execute();
    // What the API has exists, also where it says nothing new.
    if (told === undefined) {
      await db
        .updateTable('organizations')
        .set({ synced_at: syncedAt, deleted_at: null })
        .where('id', '=', id)
        .execute();
    }
  }

  /** The organization and all that is its own. @returns its connections and domains, as far as they were known */
  async removeOrganization(
    trx: MirrorTransaction,
    account: OrganizationAccount,
    told: NonNullable<Told>,
  ): Promise<{ connectionIds: string[]; domains: string[] }> {
    const { id, updatedAt } = account;
    await takeTurn(trx, [id]);
    await bury(trx, id, told.createdAt);
    const db = trx.withTables<OrganizationTables>();
    await db
      .updateTable('organizations')
      .set({ deleted_at: told.createdAt, version: versionOf({ updatedAt, event: told }) })
      .where('id', '=', id)
      .execute();
    const domains = await db
      .deleteFrom('organization_domains')
      .where('organization_id', '=', id)
      .returning('domain')
      .execute();
    const gone = await db
      .deleteFrom('connections')
      .where('organization_id', '=', id)
      .returning('id')
      .execute();
    await this.certificates.removeAllOf(trx, id);
    return {
      connectionIds: gone.map((connection) => connection.id),
      domains: domains.map(({ domain }) => domain),
    };
  }

  /**
   * @param failure why the verification failed, where the account says so
   * @returns whether it changed something
   */
  async applyDomain(
    trx: MirrorTransaction,
    account: Owned<DomainRecord>,
    told: Told,
    failure?: string,
  ): Promise<boolean> {
    const { id, organizationId, state, updatedAt } = account;
    const domain = canonicalDomain(account.domain);
    if (domain === null) return false;
    await takeTurnBelow(trx, [id, organizationId]);
    if (await isBuried(trx, [id, organizationId])) return false;
    // Two organizations that have one domain verified at the same moment must see each other.
    if (isOwned(state)) await takeTurn(trx, [`domain ${domain}`]);
    const db = trx.withTables<OrganizationTables>();
    const before = await db
      .selectFrom('organization_domains')
      .selectAll()
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    const version = versionOf({ updatedAt, ...(told && { event: told }) });
    const values = { organization_id: organizationId, domain, state, version };
    const { numInsertedOrUpdatedRows } = await db
      .insertInto('organization_domains')
      .values({ id, ...values })
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet(values).where('organization_domains.version', '<', version),
      )
      .executeTakeFirst();
    // A mere "failed" says nothing of the reason, and takes none away.
    if (failure !== undefined || state !== 'failed')
      await this.noteFailure(trx, id, version, failure ?? null);
    if ((numInsertedOrUpdatedRows ?? 0n) === 0n) return false;
    const wasOwned = before !== undefined && before.domain === domain && isOwned(before.state);
    if (isOwned(state) && !wasOwned) await this.noteOwner(trx, organizationId, domain);
    return true;
  }

  async removeDomain(trx: MirrorTransaction, id: string, deletedAt: Date): Promise<void> {
    await takeTurn(trx, [id]);
    const db = trx.withTables<OrganizationTables>();
    await db.deleteFrom('organization_domains').where('id', '=', id).execute();
    await bury(trx, id, deletedAt);
  }

  /** @returns whether it changed something */
  async applyConnection(
    trx: MirrorTransaction,
    { id, organizationId, name, type, state, updatedAt }: Owned<ConnectionRecord>,
    told: Told,
  ): Promise<boolean> {
    await takeTurnBelow(trx, [id, organizationId]);
    if (await isBuried(trx, [id, organizationId])) return false;
    const version = versionOf({ updatedAt, ...(told && { event: told }) });
    const values = { organization_id: organizationId, name, type, state, version };
    const { numInsertedOrUpdatedRows } = await trx
      .withTables<OrganizationTables>()
      .insertInto('connections')
      .values({ id, ...values })
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet(values).where('connections.version', '<', version),
      )
      .executeTakeFirst();
    return (numInsertedOrUpdatedRows ?? 0n) > 0n;
  }

  /** @returns whether that was news */
  async removeConnection(trx: MirrorTransaction, id: string, deletedAt: Date): Promise<boolean> {
    await takeTurn(trx, [id]);
    await trx.withTables<OrganizationTables>().deleteFrom('connections').where('id', '=', id).execute();
    return bury(trx, id, deletedAt);
  }

  /** By a version of its own: the reason may be heard of later than a newer account that does not name it. */
  private async noteFailure(
    trx: MirrorTransaction,
    id: string,
    version: string,
    reason: string | null,
  ): Promise<void> {
    await trx
      .withTables<OrganizationTables>()
      .updateTable('organization_domains')
      .set({ failure_reason: reason, failure_version: version })
      .where('id', '=', id)
      .where('failure_version', '<', version)
      .execute();
  }

  /** A domain has just become the organization's own: said out loud where that must not count. */
  private async noteOwner(trx: MirrorTransaction, organizationId: string, domain: string): Promise<void> {
    const refusal = this.routable.refusalOf(domain);
    if (refusal !== null) {
      await this.audit.recordIn(trx, {
        action: 'domain.refused',
        reason: refusal,
        organizationId,
        details: { domain },
      });
      return;
    }
    const others = await trx
      .withTables<OrganizationTables>()
      .selectFrom('organization_domains')
      .select('organization_id')
      .distinct()
      .where('domain', '=', domain)
      .where('state', 'in', OWNED)
      .where('organization_id', '<>', organizationId)
      .execute();
    if (others.length === 0) return;
    // One record for each of them: both administrators must see it, and neither learns who the other is.
    for (const id of [organizationId, ...others.map((other) => other.organization_id)]) {
      await this.audit.recordIn(trx, {
        action: 'domain.conflict',
        reason: 'verified_by_several_organizations',
        organizationId: id,
        details: { domain },
      });
    }
  }
}
