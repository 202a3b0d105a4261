import { Injectable } from '@nestjs/common';
import type { Insertable, Selectable } from 'kysely';
import { Database } from '../database/database.js';
import type { MirrorTransaction } from '../mirror/tombstones.js';

type CertificateTable = {
  connection_id: string;
  organization_id: string | null;
  type: string;
  expires_at: Date;
  /** Since then another certificate is in use; nothing more is known of it. */
  renewed_at: Date | null;
  warned_days: number | null;
  version: string;
};
type Tables = { connection_certificates: CertificateTable; connections: { id: string; state: string } };

const DAY = 86_400_000;

export type CertificateRow = Selectable<CertificateTable>;

/** The certificates of SAML connections, as far as WorkOS has spoken of them: it does from 90 days before their end. */
@Injectable()
export class CertificatesRepository {
  private readonly db;

  constructor(private readonly database: Database) {
    this.db = database.withTables<Tables>();
  }

  /** Those in use, the next to end first. */
  async ofOrganization(organizationId: string): Promise<CertificateRow[]> {
    return this.db
      .selectFrom('connection_certificates')
      .selectAll()
      .where('organization_id', '=', organizationId)
      .where('renewed_at', 'is', null)
      .orderBy('expires_at')
      .execute();
  }

  /** Those in use, of every organization, for which a warning is due: fewer of `days` are left than were warned of. */
  async due(now: Date, days: readonly number[], limit: number): Promise<CertificateRow[]> {
    return this.db
      .selectFrom('connection_certificates')
      .selectAll()
      .where('renewed_at', 'is', null)
      .where((eb) =>
        eb.or(
          days.map((left) =>
            eb.and([
              eb('expires_at', '<=', new Date(now.getTime() + left * DAY)),
              eb.or([eb('warned_days', 'is', null), eb('warned_days', '>', left)]),
            ]),
          ),
        ),
      )
      .orderBy('expires_at')
      .limit(limit)
      .execute();
  }

  /** Those in use by connections that people sign in through, that end within each of these numbers of days. */
  async countEnding(now: Date, days: readonly number[]): Promise<number[]> {
    const ends = days.map((count) => new Date(now.getTime() + count * DAY));
    const counts = await this.db
      .selectFrom('connection_certificates as certificate')
      .innerJoin('connections', 'connections.id', 'certificate.connection_id')
      .select(({ fn }) =>
        ends.map((end, at) =>
          fn.countAll<string>().filterWhere('certificate.expires_at', '<=', end).as(String(at)),
        ),
      )
      .where('connections.state', '=', 'active')
      .where('certificate.renewed_at', 'is', null)
      .where('certificate.expires_at', '<=', new Date(Math.max(...ends.map(Number))))
      .executeTakeFirst();
    return ends.map((_, at) => Number(counts?.[String(at)] ?? 0));
  }

  /** @returns whether the account is newer than the copy */
  async apply(trx: MirrorTransaction, row: Insertable<CertificateTable>): Promise<boolean> {
    const { organization_id, expires_at, renewed_at, version } = row;
    const { numInsertedOrUpdatedRows } = await trx
      .withTables<Tables>()
      .insertInto('connection_certificates')
      .values(row)
      .onConflict((conflict) =>
        conflict
          .columns(['connection_id', 'type'])
          // What was warned of stays for the same certificate; another one, or a renewal, begins anew.
          .doUpdateSet((eb) => ({
            organization_id,
            expires_at,
            renewed_at,
            version,
            warned_days: eb
              .case()
              .when(
                eb.and([
                  eb('connection_certificates.expires_at', '=', eb.ref('excluded.expires_at')),
                  eb(
                    'connection_certificates.renewed_at',
                    'is not distinct from',
                    eb.ref('excluded.renewed_at'),
                  ),
                ]),
              )
              .then(eb.ref('connection_certificates.warned_days'))
              .else(eb.ref('excluded.warned_days'))
              .end(),
          }))
          .where('connection_certificates.version', '<', version),
      )
      .executeTakeFirst();
    return (numInsertedOrUpdatedRows ?? 0n) > 0n;
  }

  async remove(trx: MirrorTransaction, connectionId: string): Promise<void> {
    await trx
      .withTables<Tables>()
      .deleteFrom('connection_certificates')
      .where('connection_id', '=', connectionId)
      .execute();
  }

  async removeAllOf(trx: MirrorTransaction, organizationId: string): Promise<void> {
    await trx
      .withTables<Tables>()
      .deleteFrom('connection_certificates')
      .where('organization_id', '=', organizationId)
      .execute();
  }

  /** Marks a warning as given and does what belongs to it, once on all nodes. @returns whether it was this call */
  async warnOnce(
    certificate: CertificateRow,
    days: number,
    tell: (trx: MirrorTransaction) => Promise<void>,
  ): Promise<boolean> {
    return this.database.transaction().execute(async (trx) => {
      const { numUpdatedRows } = await trx
        .withTables<Tables>()
        .updateTable('connection_certificates')
        .set({ warned_days: days })
        .where('connection_id', '=', certificate.connection_id)
        .where('type', '=', certificate.type)
        .where('version', '=', certificate.version)
        .where((eb) => eb.or([eb('warned_days', 'is', null), eb('warned_days', '>', days)]))
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return false;
      await tell(trx);
      return true;
    });
  }
}
