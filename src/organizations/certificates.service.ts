import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Counter } from '@opentelemetry/api';
import { AuditLog } from '../audit/audit-log.service.js';
import { Clock } from '../common/clock.js';
import { withStore } from '../database/database.js';
import { Meter } from '../metrics/meter.js';
import { daysLeft, WARNING_DAYS, warningDue } from './certificate-life.js';
import { CertificatesRepository, type CertificateRow } from './certificates.repository.js';

/** Milliseconds between two looks, and certificates a look. */
const EVERY = 60_000;
const AT_MOST = 500;

export interface CertificateStanding {
  readonly connectionId: string;
  /** WorkOS's name for its use: `ResponseSigning`, `RequestSigning`, `ResponseEncryption`. */
  readonly type: string;
  readonly expiresAt: Date;
  readonly daysLeft: number;
}

/** Says in time that a certificate ends, before nobody of a company can sign in any more. */
@Injectable()
export class CertificatesService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Certificates');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | null = null;
  private stopping = false;
  private readonly warnings: Counter;

  constructor(
    private readonly repository: CertificatesRepository,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
    meter: Meter,
  ) {
    this.warnings = meter.createCounter('gatehouse.certificates.warnings', {
      unit: '{warning}',
      description: 'Warnings of certificates that end, by the days that were left.',
    });
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.look(), EVERY);
    this.timer.unref();
    this.look();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    this.stopping = true;
    await this.running;
  }

  /** Of one organization, the next to end first. One that was renewed is not there: WorkOS names its end when it nears. */
  async ofOrganization(organizationId: string): Promise<CertificateStanding[]> {
    const now = this.clock.now();
    const rows = await withStore(() => this.repository.ofOrganization(organizationId));
    return rows.map(({ connection_id: connectionId, type, expires_at: expiresAt }) => ({
      connectionId,
      type,
      expiresAt,
      daysLeft: daysLeft(expiresAt, now),
    }));
  }

  /** Gives the warnings that are due. Never throws: the next round tries again. */
  async watch(): Promise<void> {
    const now = this.clock.now();
    try {
      for (const certificate of await this.repository.due(now, WARNING_DAYS, AT_MOST)) {
        if (this.stopping) return;
        const days = warningDue(daysLeft(certificate.expires_at, now), certificate.warned_days);
        if (days !== null) await this.warn(certificate, days);
      }
    } catch (error) {
      this.logger.warn({ err: error }, 'certificates were not looked at');
    }
  }

  private look(): void {
    this.running ??= this.watch().finally(() => {
      this.running = null;
    });
  }

  private async warn(certificate: CertificateRow, days: number): Promise<void> {
    const first = await this.repository.warnOnce(certificate, days, (trx) =>
      this.audit.recordIn(trx, {
        action: 'certificate.expiring',
        reason: days === 0 ? 'expired' : `within_${days}_days`,
        organizationId: certificate.organization_id,
        connectionId: certificate.connection_id,
        details: { type: certificate.type, expiresAt: certificate.expires_at.toISOString() },
      }),
    );
    if (first) this.warnings.add(1, { days });
  }
}
