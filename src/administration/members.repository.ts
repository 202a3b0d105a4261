import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../database/database.js';

export interface Member {
  readonly id: string;
  readonly email: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly roles: readonly string[];
  readonly status: string;
  /** A directory says who this is and when they are gone. */
  readonly directoryManaged: boolean;
}

type Tables = {
  memberships: { organization_id: string; user_id: string; roles: string[]; status: string };
  users: { id: string; email: string; first_name: string | null; last_name: string | null };
};

/** People by the organization that they are members of: every query names it. */
@Injectable()
export class MembersRepository {
  private readonly db;

  constructor(database: Database) {
    this.db = database.withTables<Tables>();
  }

  /** Newest first. */
  list(organizationId: string, limit: number, cursor?: string): Promise<Member[]> {
    const own = this.membersOf(organizationId);
    return (cursor === undefined ? own : own.where('member.user_id', '<', cursor))
      .orderBy('member.user_id', 'desc')
      .limit(limit)
      .execute();
  }

  find(organizationId: string, userId: string): Promise<Member | undefined> {
    return this.membersOf(organizationId).where('member.user_id', '=', userId).executeTakeFirst();
  }

  private membersOf(organizationId: string) {
    return this.db
      .selectFrom('memberships as member')
      .innerJoin('users as person', 'person.id', 'member.user_id')
      .select([
        'person.id',
        'person.email',
        'person.first_name as firstName',
        'person.last_name as lastName',
        'member.roles',
        'member.status',
        sql<boolean>`exists (
          select from directory_users entry
          where entry.user_id = member.user_id and entry.organization_id = member.organization_id
            and entry.deleted_at is null
        )`.as('directoryManaged'),
      ])
      .where('member.organization_id', '=', organizationId);
  }
}
