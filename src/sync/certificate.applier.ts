import { Injectable } from '@nestjs/common';
import type { WorkosEvent } from '../identity/workos-event.js';
import { EventApplier } from '../mirror/event-applier.port.js';
import { isBuried, type MirrorTransaction } from '../mirror/tombstones.js';
import { takeTurnBelow } from '../mirror/turns.js';
import { versionOf } from '../mirror/version.js';
import { CertificatesRepository } from '../organizations/certificates.repository.js';

/** WorkOS begins to speak of a certificate at this many milliseconds before its end. */
const SPOKEN_OF = 90 * 86_400_000;

/** When the certificates of SAML connections end. */
@Injectable()
export class CertificateApplier extends EventApplier {
  readonly events = [
    'connection.saml_certificate_renewal_required',
    'connection.saml_certificate_renewed',
  ] as const;

  constructor(private readonly certificates: CertificatesRepository) {
    super();
  }

  async apply(trx: MirrorTransaction, event: WorkosEvent): Promise<void> {
    switch (event.event) {
      case 'connection.saml_certificate_renewal_required':
        return this.save(trx, event, null);
      case 'connection.saml_certificate_renewed':
        return this.save(trx, event, isOfTheNewOne(event.data) ? null : event.data.renewed_at);
    }
  }

  private async save(
    trx: MirrorTransaction,
    event: Extract<WorkosEvent, { event: CertificateApplier['events'][number] }>,
    renewedAt: Date | null,
  ): Promise<void> {
    const { connection, certificate } = event.data;
    const organizationId = connection.organization_id ?? null;
    await takeTurnBelow(trx, [connection.id, organizationId]);
    if (await isBuried(trx, [connection.id, organizationId])) return;
    await this.certificates.apply(trx, {
      connection_id: connection.id,
      organization_id: organizationId,
      type: certificate.certificate_type,
      expires_at: certificate.expiry_date,
      renewed_at: renewedAt,
      warned_days: null,
      // These events carry no time of their object: that of the event stands in.
      version: versionOf({ updatedAt: event.createdAt, event }),
    });
  }
}

/** WorkOS does not say whether it names the end of the old certificate or of the new one; an old one would have been near it. */
function isOfTheNewOne({
  certificate,
  renewed_at: renewedAt,
}: {
  certificate: { expiry_date: Date };
  renewed_at: Date;
}): boolean {
  return certificate.expiry_date.getTime() - renewedAt.getTime() > SPOKEN_OF;
}
