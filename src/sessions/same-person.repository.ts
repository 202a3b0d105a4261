import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database, withStore } from '../database/database.js';
import { memberOf, partsOfMember, type Subject } from './session-record.js';

/** Who else must be out where somebody is: the same person by their other account, inside the same organization. */
@Injectable()
export class SamePersonRepository {
  constructor(private readonly database: Database) {}

  subjectsBeside({ kind, id }: Subject): Promise<Subject[]> {
    if (kind === 'user') return this.others(id, null);
    if (kind !== 'member') return Promise.resolve([]);
    const { organizationId, userId } = partsOfMember(id);
    return this.others(userId, organizationId);
  }

  /** @param organizationId `null`: in every organization in which they have another account */
  private others(userId: string, organizationId: string | null): Promise<Subject[]> {
    return withStore(async () => {
      const { rows } = await sql<{ organizationId: string; userId: string }>`
        select other.organization_id as "organizationId", other.user_id as "userId"
        from memberships as own join memberships as other
          on other.organization_id = own.organization_id and other.user_id <> own.user_id
          and (other.same_as = own.user_id or own.same_as in (other.user_id, other.same_as))
        where own.user_id = ${userId}
          and (${organizationId}::text is null or own.organization_id = ${organizationId})
      `.execute(this.database);
      return rows.map((row) => memberOf(row.organizationId, row.userId));
    });
  }
}
