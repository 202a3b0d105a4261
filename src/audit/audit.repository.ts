import { Injectable } from '@nestjs/common';
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

  async insert(event: AuditEventTable): Promise<void> {
    await this.db.insertInto('audit_events').values(event).execute();
  }
}
