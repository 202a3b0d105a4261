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
   * Records of one organization, newest first. Times are bounds of ids, which begin with their time, so that each list is a
   * range of an index: of all records, of those of an action, or of those of a person. An e-mail stands there for whoever
   * is a member now: of those who have left, it may have become another company's.
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
