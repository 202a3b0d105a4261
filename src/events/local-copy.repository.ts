import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../database/database.js';
import type { ObjectKind, WireObject } from '../identity/object-lists.port.js';
import type { WorkosEventName } from '../identity/workos-event.js';

export interface LocalKind {
  /** `null`: its list is taken at its word, since it cannot be asked for alone. */
  readonly kind: ObjectKind | null;
  readonly deleted: WorkosEventName;
  /** Each with its key, the key of what it belongs to, and what its deletion has to say of it. Ends in a condition. */
  readonly rows: string;
  /** The columns of an index that has all of them in order. */
  readonly by: readonly string[];
  readonly version: string;
}

const byId = { by: ['id'], version: 'version' };

const directoryUser = `jsonb_build_object('id', u.id, 'directory_id', u.directory_id,
  'organization_id', u.organization_id, 'idp_id', u.idp_id, 'state', u.state)`;

/** What is copied here of each kind, parents first. Only what WorkOS told of has a version. */
export const LOCAL_KINDS: readonly LocalKind[] = [
  {
    kind: 'organization',
    deleted: 'organization.deleted',
    rows: `select id as key, null as parent, jsonb_build_object('id', id, 'name', name) as data
      from organizations where deleted_at is null`,
    ...byId,
  },
  {
    kind: 'organization_domain',
    deleted: 'organization_domain.deleted',
    rows: `select id as key, organization_id as parent, jsonb_build_object('id', id,
      'organization_id', organization_id, 'domain', domain, 'state', state) as data
      from organization_domains where true`,
    ...byId,
  },
  {
    kind: 'connection',
    deleted: 'connection.deleted',
    rows: `select id as key, organization_id as parent, jsonb_build_object('id', id,
      'organization_id', organization_id, 'connection_type', type, 'name', name, 'state', state) as data
      from connections where true`,
    ...byId,
  },
  {
    kind: 'user',
    deleted: 'user.deleted',
    rows: `select id as key, null as parent, jsonb_build_object('id', id, 'email', email,
      'first_name', first_name, 'last_name', last_name, 'profile_picture_url', profile_picture_url) as data
      from users where deleted_at is null`,
    ...byId,
  },
  {
    kind: 'organization_membership',
    deleted: 'organization_membership.deleted',
    rows: `select id as key, organization_id as parent, jsonb_build_object('id', id,
      'user_id', user_id, 'organization_id', organization_id, 'status', status) as data
      from memberships where id is not null`,
    ...byId,
  },
  {
    kind: null,
    deleted: 'role.deleted',
    rows: `select slug as key, null as parent, jsonb_build_object('slug', slug) as data
      from roles where organization_id = '' and not deleted`,
    by: ['organization_id', 'slug'],
    version: 'version',
  },
  {
    kind: null,
    deleted: 'organization_role.deleted',
    rows: `select organization_id || '/' || slug as key, organization_id as parent,
      jsonb_build_object('slug', slug, 'organization_id', organization_id) as data
      from roles where organization_id <> '' and not deleted`,
    by: ['organization_id', 'slug'],
    version: 'version',
  },
  {
    kind: 'directory',
    deleted: 'dsync.deleted',
    rows: `select id as key, organization_id as parent, jsonb_build_object('id', id,
      'organization_id', organization_id, 'name', name, 'type', type, 'state', state) as data
      from directories where true`,
    ...byId,
  },
  {
    kind: 'directory_user',
    deleted: 'dsync.user.deleted',
    rows: `select id as key, directory_id as parent, ${directoryUser} as data
      from directory_users u where deleted_at is null`,
    ...byId,
  },
  {
    kind: 'directory_group',
    deleted: 'dsync.group.deleted',
    rows: `select id as key, directory_id as parent, jsonb_build_object('id', id,
      'directory_id', directory_id, 'organization_id', organization_id, 'name', name) as data
      from directory_groups where true`,
    ...byId,
  },
  {
    kind: null,
    deleted: 'dsync.group.user_removed',
    rows: `select g.id || '/' || u.id as key, g.id as parent, jsonb_build_object(
      'directory_id', g.directory_id, 'user', ${directoryUser}, 'group', jsonb_build_object('id', g.id,
      'directory_id', g.directory_id, 'organization_id', g.organization_id, 'name', g.name)) as data
      from directory_group_members m join directory_groups g on g.id = m.group_id
      join directory_users u on u.id = m.directory_user_id where m.present and u.deleted_at is null`,
    by: ['m.group_id', 'm.directory_user_id'],
    version: 'm.version',
  },
];

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

  /** What was last heard of before `before`, page by page. */
  async *olderThan(kind: LocalKind, before: Date): AsyncIterable<readonly LocalObject[]> {
    let after = kind.by.map(() => '');
    for (;;) {
      const page = await this.page(kind, before, after);
      if (page.length > 0) yield page;
      const last = page.at(-1);
      if (!last || page.length < PAGE) return;
      after = last.place;
    }
  }

  private async page(
    { rows: all, by, version }: LocalKind,
    before: Date,
    after: readonly string[],
  ): Promise<(LocalObject & { place: string[] })[]> {
    const columns = sql.raw(by.join(', '));
    const { rows } = await sql<LocalObject & { place: string[] }>`
      select key, parent, data, place from (
        ${sql.raw(all.replace('select ', `select array[${by.join(', ')}] as place, `))}
        and ${sql.raw(version)} <> '' and ${sql.raw(version)} collate "C" < ${before.toISOString()}
        and (${columns}) > (${sql.join(after)}) order by ${columns} limit ${PAGE}) as copy
    `.execute(this.database);
    return rows;
  }
}
