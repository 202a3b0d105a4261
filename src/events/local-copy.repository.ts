import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../database/database.js';
import type { ObjectKind, WireObject } from '../identity/object-lists.port.js';
import type { WorkosEventName } from '../identity/workos-event.js';

export interface LocalKind {
  /** `null`: its list is taken at its word, since it cannot be asked for alone. */
  readonly kind: ObjectKind | null;
  readonly deleted: WorkosEventName;
  readonly from: string;
  readonly where: string;
  readonly key: string;
  /** The key of what it belongs to. */
  readonly parent: string;
  /** What its deletion has to say of it. */
  readonly data: string;
  /** The columns of an index that has all of them in order. */
  readonly by: readonly string[];
  readonly version: string;
}

const byId = { key: 'id', by: ['id'], version: 'version' };
const NO_PARENT = 'null';

const directoryUser = `jsonb_build_object('id', u.id, 'directory_id', u.directory_id,
  'organization_id', u.organization_id, 'idp_id', u.idp_id, 'state', u.state)`;

/** What is copied here of each kind, parents first. Only what WorkOS told of has a version. */
export const LOCAL_KINDS: readonly LocalKind[] = [
  {
    kind: 'organization',
    deleted: 'organization.deleted',
    from: 'organizations',
    where: 'deleted_at is null',
    parent: NO_PARENT,
    data: `jsonb_build_object('id', id, 'name', name)`,
    ...byId,
  },
  {
    kind: 'organization_domain',
    deleted: 'organization_domain.deleted',
    from: 'organization_domains',
    where: 'true',
    parent: 'organization_id',
    data: `jsonb_build_object('id', id,
      'organization_id', organization_id, 'domain', domain, 'state', state)`,
    ...byId,
  },
  {
    kind: 'connection',
    deleted: 'connection.deleted',
    from: 'connections',
    where: 'true',
    parent: 'organization_id',
    data: `jsonb_build_object('id', id,
      'organization_id', organization_id, 'connection_type', type, 'name', name, 'state', state)`,
    ...byId,
  },
  {
    kind: 'user',
    deleted: 'user.deleted',
    from: 'users',
    where: 'deleted_at is null',
    parent: NO_PARENT,
    data: `jsonb_build_object('id', id, 'email', email,
      'first_name', first_name, 'last_name', last_name, 'profile_picture_url', profile_picture_url)`,
    ...byId,
  },
  {
    kind: 'organization_membership',
    deleted: 'organization_membership.deleted',
    from: 'memberships',
    where: 'id is not null',
    parent: 'organization_id',
    data: `jsonb_build_object('id', id,
      'user_id', user_id, 'organization_id', organization_id, 'status', status)`,
    ...byId,
  },
  {
    kind: null,
    deleted: 'role.deleted',
    from: 'roles',
    where: "organization_id = '' and not deleted",
    key: 'slug',
    parent: NO_PARENT,
    data: `jsonb_build_object('slug', slug)`,
    by: ['organization_id', 'slug'],
    version: 'version',
  },
  {
    kind: null,
    deleted: 'organization_role.deleted',
    from: 'roles',
    where: "organization_id <> '' and not deleted",
    key: "organization_id || '/' || slug",
    parent: 'organization_id',
    data: `jsonb_build_object('slug', slug, 'organization_id', organization_id)`,
    by: ['organization_id', 'slug'],
    version: 'version',
  },
  {
    kind: 'directory',
    deleted: 'dsync.deleted',
    from: 'directories',
    where: 'true',
    parent: 'organization_id',
    data: `jsonb_build_object('id', id,
      'organization_id', organization_id, 'name', name, 'type', type, 'state', state)`,
    ...byId,
  },
  {
    kind: 'directory_user',
    deleted: 'dsync.user.deleted',
    from: 'directory_users u',
    where: 'deleted_at is null',
    parent: 'directory_id',
    data: directoryUser,
    ...byId,
  },
  {
    kind: 'directory_group',
    deleted: 'dsync.group.deleted',
    from: 'directory_groups',
    where: 'true',
    parent: 'directory_id',
    data: `jsonb_build_object('id', id,
      'directory_id', directory_id, 'organization_id', organization_id, 'name', name)`,
    ...byId,
  },
];

/** Who is in a group: there are more of these than of everything else. */
export const SEATS: LocalKind = {
  kind: null,
  deleted: 'dsync.group.user_removed',
  from: `directory_group_members m join directory_groups g on g.id = m.group_id
    join directory_users u on u.id = m.directory_user_id`,
  where: 'm.present and u.deleted_at is null',
  key: "g.id || '/' || u.id",
  parent: 'g.id',
  data: `jsonb_build_object(
    'directory_id', g.directory_id, 'user', ${directoryUser}, 'group', jsonb_build_object('id', g.id,
    'directory_id', g.directory_id, 'organization_id', g.organization_id, 'name', g.name))`,
  by: ['m.group_id', 'm.directory_user_id'],
  version: 'm.version',
};

export interface LocalObject {
  readonly key: string;
  readonly parent: string | null;
  readonly data: WireObject;
}

const PAGE = 1000;

/** The copies as they are, whoever keeps them: a reconciliation looks at all of them in the same way. */
@Injectable()
export class LocalCopyRepository {
  constructor(private readonly database: Database) {}

  /**
   * What was last heard of before `before`, page by page.
   * @param parent of this alone; `null`: of all
   */
  async *olderThan(
    kind: LocalKind,
    before: Date,
    parent: string | null = null,
  ): AsyncIterable<readonly LocalObject[]> {
    let after = kind.by.map(() => '');
    for (;;) {
      const page = await this.page(kind, before, after, parent);
      if (page.length > 0) yield page;
      const last = page.at(-1);
      if (!last || page.length < PAGE) return;
      after = last.place;
    }
  }

  private async page(
    kind: LocalKind,
    before: Date,
    after: readonly string[],
    parent: string | null,
  ): Promise<(LocalObject & { place: string[] })[]> {
    const columns = sql.raw(kind.by.join(', '));
    const version = sql.raw(kind.version);
    const within = parent === null ? sql`true` : sql`${sql.raw(kind.parent)} = ${parent}`;
    const { rows } = await sql<LocalObject & { place: string[] }>`
      select ${sql.raw(kind.key)} as key, ${sql.raw(kind.parent)} as parent, ${sql.raw(kind.data)} as data,
        array[${columns}] as place
      from ${sql.raw(kind.from)}
      where ${sql.raw(kind.where)} and ${within} and ${version} <> ''
        and ${version} collate "C" < ${before.toISOString()} and (${columns}) > (${sql.join(after)})
      order by ${columns} limit ${PAGE}
    `.execute(this.database);
    return rows;
  }
}
