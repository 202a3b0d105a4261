import { Injectable } from '@nestjs/common';
import type { Transaction } from 'kysely';
import { Database } from '../database/database.js';

export interface AuditEventTable {
  id: string;
  occurred_at: Date;
  action: string;
  outcome: 'success' | 'failure';
  reason: string | null;
  user_id: string | null;
  organization_id: string | null;
  connection_id: string | null;
  session_id: string | null;
  ip: string | null;
  user_agent: string | null;
  request_id: string | null;
  details: string;
}

@Injectable()
export class AuditRepository {
  private readonly db;

  constructor(database: Database) {
    this.db = database.withTables<{ audit_events: AuditEventTable }>();
  }

  /** In the caller's transaction, where there is one. */
  async insert<Other>(event: AuditEventTable, trx?: Transaction<Other>): Promise<void> {
    const query = this.db.insertInto('audit_events').values(event);
    await (trx ?? this.db).executeQuery(query);
  }
}
