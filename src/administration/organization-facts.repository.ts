import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import type { MirrorTransaction } from '../mirror/tombstones.js';

export interface Certificate {
  readonly connectionId: string;
  readonly type: string;
  readonly expiresAt: Date;
}

/** A member, and the names and ids of their directory groups. */
export interface Person {
  readonly userId: string;
  readonly email: string;
  readonly groups: readonly string[];
}

type Tables = {
  memberships: { organization_id: string; user_id: string };
  users: { id: string; email: string };
  organization_domains: { organization_id: string; domain: string; state: string };
  connection_certificates: {
    connection_id: string;
    organization_id: string | null;
    type: string;
    expires_at: Date;
  };
  directory_users: {
    id: string;
    organization_id: string;
    user_id: string | null;
    deleted_at: Date | null;
  };
  directory_groups: { id: string; organization_id: string; name: string };
  directory_group_members: { group_id: string; directory_user_id: string; present: boolean };
};

const OWNED = ['verified', 'legacy_verified'];

/** What an administrator's page asks of the local copy beside the organization itself. Every query names the tenant. */
@Injectable()
export class OrganizationFactsRepository {
  private readonly db;

  constructor(database: Database) {
    this.db = database.withTables<Tables>();
  }

  /** Domains that this organization and another one both own. Which other one is not for its administrators to know. */
  async conflicts(organizationId: string): Promise<Set<string>> {
    const rows = await this.db
      .selectFrom('organization_domains as own')
      .innerJoin('organization_domains as other', (join) =>
        join
          .onRef('other.domain', '=', 'own.domain')
          .onRef('other.organization_id', '<>', 'own.organization_id'),
      )
      .select('own.domain')
      .where('own.organization_id', '=', organizationId)
      .where('own.state', 'in', OWNED)
      .where('other.state', 'in', OWNED)
      .execute();
    return new Set(rows.map(({ domain }) => domain));
  }

  async certificates(organizationId: string): Promise<Certificate[]> {
    return this.db
      .selectFrom('connection_certificates')
      .select(['connection_id as connectionId', 'type', 'expires_at as expiresAt'])
      .where('organization_id', '=', organizationId)
      .execute();
  }

  /** The members with the directory groups that they are in, inside this organization. */
  async people(trx: MirrorTransaction, organizationId: string): Promise<Person[]> {
    const rows = await trx
      .withTables<Tables>()
      .selectFrom('memberships as member')
      .innerJoin('users as person', 'person.id', 'member.user_id')
      .leftJoin('directory_users as entry', (join) =>
        join
          .onRef('entry.user_id', '=', 'member.user_id')
          .onRef('entry.organization_id', '=', 'member.organization_id')
          .on('entry.deleted_at', 'is', null),
      )
      .leftJoin('directory_group_members as seat', (join) =>
        join.onRef('seat.directory_user_id', '=', 'entry.id').on('seat.present', '=', true),
      )
      .leftJoin('directory_groups as group', (join) =>
        join
          .onRef('group.id', '=', 'seat.group_id')
          .onRef('group.organization_id', '=', 'member.organization_id'),
      )
      .select(({ fn }) => [
        'person.id as userId',
        'person.email',
        fn.agg<(string | null)[]>('array_agg', ['group.id']).as('ids'),
        fn.agg<(string | null)[]>('array_agg', ['group.name']).as('names'),
      ])
      .where('member.organization_id', '=', organizationId)
      .groupBy(['person.id', 'person.email'])
      .execute();
    return rows.map(({ userId, email, ids, names }) => ({
      userId,
      email,
      groups: [...ids, ...names].filter((group) => group !== null),
    }));
  }
}
