import { Injectable, Logger } from '@nestjs/common';
import type { Transaction } from 'kysely';
import { Clock } from '../common/clock.js';
import { Random } from '../common/random.js';
import type { RequestOrigin, StandIn } from '../common/request-origin.js';
import { afterCommit } from '../database/after-commit.js';
import { Meter } from '../metrics/meter.js';
import { AuditCounters } from './audit-counters.js';
import type { AuditEvent } from './audit-event.js';
import { OnceAMinute } from './once-a-minute.js';
import { AuditRepository, type AuditEventTable } from './audit.repository.js';

/**
 * The audit log: one structured record for each sign-in, refusal, revocation and administrative write, in the database
 * and as one log line. Values are data, never part of a format string, so nothing can be injected.
 */
@Injectable()
export class AuditLog {
  private readonly logger = new Logger('Audit');
  private readonly counters: AuditCounters;
  private readonly strangers = new OnceAMinute();

  constructor(
    private readonly repository: AuditRepository,
    private readonly clock: Clock,
    private readonly random: Random,
    meter: Meter,
  ) {
    this.counters = new AuditCounters(meter);
  }

  /** Never throws: the answer does not depend on the record. A record that cannot be stored is in the log, whole. */
  async record(event: AuditEvent, origin: RequestOrigin | null): Promise<void> {
    this.counters.count(event);
    const record = this.written(event, origin);
    this.say(record);
    try {
      await this.repository.insert(record);
    } catch (error) {
      this.logger.error({ err: error, audit: record }, 'the audit record could not be stored');
    }
  }

  /**
   * A refusal of whoever is nobody that we know: once a minute for each reason and address, on each node. Whoever makes up
   * credentials without end fills no table.
   */
  async recordStranger(event: AuditEvent, origin: RequestOrigin): Promise<void> {
    const kind = [event.action, event.reason, origin.ip].join(' ');
    if (this.strangers.isFirst(kind, this.clock.milliseconds())) await this.record(event, origin);
    else this.counters.count(event);
  }

  /**
   * Inside the caller's transaction: the record stands or falls with the change, and so do its line and its count. Throws
   * where it cannot be stored.
   */
  async recordIn<Tables>(
    trx: Transaction<Tables>,
    event: AuditEvent,
    origin: RequestOrigin | null = null,
  ): Promise<void> {
    const record = this.written(event, origin);
    await this.repository.insert(record, trx);
    await afterCommit(trx, () => {
      this.counters.count(event);
      this.say(record);
    });
  }

  /** The person stays the subject; whoever acted as them is named beside, in every record of the request. */
  private written(event: AuditEvent, origin: RequestOrigin | null): AuditEventTable {
    const now = this.clock.now();
    const { action, reason = null, details = {} } = event;
    return {
      id: this.random.id('audit', now),
      occurred_at: now,
      action,
      outcome: action.endsWith('.refused') ? 'failure' : 'success',
      reason,
      user_id: event.userId ?? null,
      organization_id: event.organizationId ?? null,
      connection_id: event.connectionId ?? null,
      session_id: event.sessionId ?? null,
      ip: origin?.ip ?? null,
      user_agent: origin?.userAgent ?? null,
      request_id: origin?.requestId ?? null,
      details: JSON.stringify({ ...details, ...impersonation(origin?.impersonator) }),
    };
  }

  private say(record: AuditEventTable): void {
    // A way around an organization's own identity provider is never just one line of many.
    const level = record.action.startsWith('break_glass.') ? 'warn' : 'log';
    this.logger[level]({ audit: record }, record.action);
  }
}

/** How the audit log names somebody who acts as another person. */
export function impersonation(impersonator: StandIn | null | undefined): Readonly<Record<string, string>> {
  if (!impersonator) return {};
  const { email, reason } = impersonator;
  return { impersonator: email, ...(reason === null ? {} : { impersonationReason: reason }) };
}
