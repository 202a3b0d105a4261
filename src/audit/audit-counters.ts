import type { Counter } from '@opentelemetry/api';
import type { Meter } from '../metrics/meter.js';
import type { AuditEvent } from './audit-event.js';

/**
 * Counts what is recorded: every sign-in and every end of a session leaves a record, so none is missed. Only actions and
 * reasons are counted by, which are closed sets; whom a record names stays in the record.
 */
export class AuditCounters {
  private readonly signIns: Counter;
  private readonly sessionsEnded: Counter;

  constructor(meter: Meter) {
    this.signIns = meter.createCounter('gatehouse.sign_ins', {
      unit: '{sign_in}',
      description: 'Sign-ins that came to an end: ok, or the code of the problem.',
    });
    this.sessionsEnded = meter.createCounter('gatehouse.sessions.ended', {
      unit: '{session}',
      description: 'Sessions that were ended, by the reason.',
    });
  }

  count({ action, reason = 'unknown', details }: AuditEvent): void {
    switch (action) {
      case 'sign_in.succeeded':
      case 'break_glass.used':
        this.signIns.add(1, { outcome: 'ok' });
        break;
      case 'sign_in.refused':
        this.signIns.add(1, { outcome: reason });
        break;
      case 'break_glass.refused':
        this.signIns.add(1, { outcome: 'break_glass_refused' });
        break;
      case 'session.ended':
        this.sessionsEnded.add(1, { reason });
        break;
      case 'sessions.ended':
        this.sessionsEnded.add(Number(details?.['count'] ?? 0), { reason });
        break;
      default:
    }
  }
}
