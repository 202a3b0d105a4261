import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { firstIdOf } from '../common/random.js';
import { Database } from '../database/database.js';
import type { AuditEventTable } from './audit.repository.js';

/** What a list is limited to. Times: from the first, before the second. */
export interface AuditFilter {
  readonly action?: string | undefined;
  readonly actor?: string | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
}

type Tables = {
  audit_events: AuditEventTable;
  users: { id: string; email: string };
  memberships: { organization_id: string; user_id: string };
};

export type AuditRow = Omit<AuditEventTable, 'details' | 'organization_id'> & {
  details: Record<string, unknown>;
  email: string | null;
};

@Injectable()
export class AuditTrailRepository {
  private readonly db;

  constructor(database: Database) {
    this.db = database.withTables<Tables>();
  }

  /**
   * Records of one organization, newest first. Times are bounds of ids, which begin with their time, so that the one index
   * serves every list. An e-mail stands there only for people whom the organization has, or had, as members.
   */
  async list(
    organizationId: string,
    { action, actor, from, to }: AuditFilter,
    limit: number,
    cursor?: string,
  ): Promise<AuditRow[]> {
    return this.db
      .selectFrom('audit_events as event')
      .leftJoin('memberships as member', (join) =>
        join
          .onRef('member.organization_id', '=', 'event.organization_id')
          .onRef('member.user_id', '=', 'event.user_id'),
      )
      .leftJoin('users as person', 'person.id', 'member.user_id')
      .select([
        'event.id',
        'event.occurred_at',
        'event.action',
        'event.outcome',
        'event.reason',
        'event.user_id',
        'event.connection_id',
        'event.session_id',
        'event.ip',
        'event.user_agent',
        'event.request_id',
        'person.email',
        sql<Record<string, unknown>>`event.details`.as('details'),
      ])
      .where('event.organization_id', '=', organizationId)
      .$if(action !== undefined, (query) => query.where('event.action', '=', action ?? ''))
      .$if(actor !== undefined, (query) => query.where('event.user_id', '=', actor ?? ''))
      .$if(from !== undefined, (query) =>
        query.where('event.id', '>=', firstIdOf('audit', from ?? new Date(0))),
      )
      .$if(to !== undefined, (query) => query.where('event.id', '<', firstIdOf('audit', to ?? new Date(0))))
      .$if(cursor !== undefined, (query) => query.where('event.id', '<', cursor ?? ''))
      .orderBy('event.id', 'desc')
      .limit(limit)
      .execute();
  }
}
