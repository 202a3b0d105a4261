import { Injectable } from '@nestjs/common';
import type { MirrorTransaction } from '../mirror/tombstones.js';

/** A member, and the names and ids of their directory groups. */
export interface Person {
  readonly userId: string;
  readonly email: string;
  readonly groups: readonly string[];
}

type Tables = {
  memberships: { organization_id: string; user_id: string; same_as: string | null };
  users: { id: string; email: string };
  directory_users: {
    id: string;
    organization_id: string;
    user_id: string | null;
    state: string;
    deleted_at: Date | null;
  };
  directory_groups: { id: string; organization_id: string; name: string };
  directory_group_members: { group_id: string; directory_user_id: string; present: boolean };
};

/** Those to whom the policy of an organization applies. */
@Injectable()
export class GovernedPeopleRepository {
  /** The members, each person once, with the directory groups that they are in, inside this organization. */
  async list(trx: MirrorTransaction, organizationId: string): Promise<Person[]> {
    const rows = await trx
      .withTables<Tables>()
      .selectFrom('memberships as member')
      .innerJoin('users as person', 'person.id', 'member.user_id')
      .leftJoin('directory_users as entry', (join) =>
        join
          .onRef('entry.user_id', '=', 'member.user_id')
          .onRef('entry.organization_id', '=', 'member.organization_id')
          .on('entry.state', '=', 'active')
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
      .where('member.same_as', 'is', null)
      .groupBy(['person.id', 'person.email'])
      .execute();
    return rows.map(({ userId, email, ids, names }) => ({
      userId,
      email,
      groups: [...ids, ...names].filter((group) => group !== null),
    }));
  }
}
