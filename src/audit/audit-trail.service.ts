import { Injectable } from '@nestjs/common';
import { pageOf, type Page } from '../common/pagination.js';
import type { AuditRecord } from './audit-record.schemas.js';
import { AuditTrailRepository, type AuditFilter, type AuditRow } from './audit-trail.repository.js';

/** Reads the audit log for one organization at a time: what concerns no organization, or another one, is not there. */
@Injectable()
export class AuditTrail {
  constructor(private readonly repository: AuditTrailRepository) {}

  async list(
    organizationId: string,
    filter: AuditFilter,
    limit: number,
    cursor: string | undefined,
  ): Promise<Page<AuditRecord>> {
    const rows = await this.repository.list(organizationId, filter, limit + 1, cursor);
    return pageOf(rows.map(recordOf), limit);
  }
}

function recordOf(row: AuditRow): AuditRecord {
  const { id, action, outcome, reason, ip, details } = row;
  return {
    id,
    occurredAt: row.occurred_at,
    action,
    outcome,
    reason,
    user: row.user_id === null ? null : { id: row.user_id, email: row.email },
    connectionId: row.connection_id,
    sessionId: row.session_id,
    ip,
    userAgent: row.user_agent,
    requestId: row.request_id,
    details,
  };
}
