import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { sql } from 'kysely';
import { ProblemError } from '../src/common/problem-error.js';
import { SystemRandom } from '../src/common/random.js';
import type { Config } from '../src/config/config.js';
import { EventCursorsRepository } from '../src/events/event-cursors.repository.js';
import type { EventHandlers } from '../src/events/event-handlers.js';
import { EventReader } from '../src/events/event-reader.js';
import { EventsStatus } from '../src/events/events-status.js';
import { LOCAL_KINDS, LocalCopyRepository, SEATS } from '../src/events/local-copy.repository.js';
import { Reconciler } from '../src/events/reconciler.js';
import type { WireObject } from '../src/identity/object-lists.port.js';
import { FakeLists, FakeSource } from './support/fake-log.js';
import { ProcessorStage, withoutHandlers } from './support/processor-stage.js';

describe('the reader of the Events API', () => {
  let stage: ProcessorStage;
  let source: FakeSource;
  let lists: FakeLists;
  beforeAll(async () => {
    stage = await ProcessorStage.open();
  });
  afterAll(() => stage.close());
  beforeEach(async () => {
    await stage.clear();
    await sql`truncate organizations, organization_domains, users, memberships, directories, directory_users,
      directory_groups, directory_group_members, roles, connections cascade`.execute(stage.database);
    source = new FakeSource();
    lists = new FakeLists();
  });

  const config = { eventsInterval: 120 } as Config;
  const reader = (handlers = withoutHandlers()) => {
    const { inbox } = stage.node([]);
    const reconciler = new Reconciler(lists, new LocalCopyRepository(stage.database), inbox);
    const cursors = new EventCursorsRepository(stage.database);
    const random = new SystemRandom();
    return new EventReader(
      source,
      cursors,
      inbox,
      reconciler,
      stage.audit,
      stage.clock,
      random,
      config,
      handlers,
    );
  };
  const happen = (count: number) => {
    const from = source.log.length;
    const events = Array.from({ length: count }, (_, at) =>
      stage.event('session.created', { object: `session_${from + at}`, at: from + at }),
    );
    source.log.push(...events);
    return events.map(({ id }) => id);
  };
  const later = (seconds: number) => {
    stage.now = new Date(stage.now.getTime() + seconds * 1000);
  };
  const ids = async () => (await stage.stored()).map(({ id }) => id);
  const told = async () =>
    (await stage.stored()).map(({ id, event }) => [event, id.split('_').slice(2).join('_')]);
  const status = () => new EventsStatus(stage.database, stage.clock, config).read();

  it('begins with what there is, then follows from where the log stood before', async () => {
    const old = happen(4);
    lists.lists.set('users', [aUser('user_1')]);
    await reader().round();
    expect(await ids()).not.toContain(old[0]);
    expect(await told()).toEqual([['user.updated', 'user.updated_user_1']]);
    const fresh = happen(7);
    later(120);
    await reader().round();
    expect((await ids()).filter((id) => id.startsWith('event_'))).toEqual(fresh);
    expect(source.asked.at(-1)).toBe(fresh.at(-1));
    expect(stage.audited.map(({ action }) => action)).toEqual(['events.reconciled']);
  });

  it('goes on where another node stopped, also one that died in the middle', async () => {
    await reader().round();
    const fresh = happen(9);
    later(120);
    source.before = async (cursor) => {
      if (cursor === fresh[5]) throw new ProblemError('upstream_unavailable');
    };
    await expect(reader().round()).rejects.toThrow('upstream_unavailable');
    source.before = async () => undefined;
    source.asked.length = 0;
    await reader().round();
    expect(source.asked[0]).toBe(fresh[5]);
    expect(await ids()).toEqual(fresh);
  });

  it('stops behind a page where the process ends, and leaves the rest to another one', async () => {
    await reader().round();
    const fresh = happen(9);
    later(120);
    const ending = reader();
    source.before = async () => ending.beforeApplicationShutdown();
    await ending.round();
    expect(await ids()).toEqual(fresh.slice(0, 3));
    source.before = async () => undefined;
    later(1);
    await reader().round(true);
    expect(await ids()).toEqual(fresh);
  });

  it('is one for all nodes: while one reads, the others leave it to that one, and just after', async () => {
    await reader().round();
    happen(3);
    later(120);
    source.asked.length = 0;
    source.before = async () => {
      source.before = async () => undefined;
      await reader().round(true);
    };
    await reader().round();
    const asked = source.asked.length;
    later(60);
    await reader().round();
    expect([asked, source.asked.length]).toEqual([2, 2]);
    await reader().round(true);
    expect(source.asked.length).toBe(3);
  });

  it('is replaced where it falls silent, and then moves the cursor no more', async () => {
    await reader().round();
    const fresh = happen(6);
    later(120);
    source.before = async (cursor) => {
      if (cursor !== fresh[2]) return;
      source.before = async () => undefined;
      later(31);
      await reader().round(true);
      happen(1);
    };
    await expect(reader().round()).rejects.toThrow('another node reads');
    const { rows } = await sql<{ cursor: string }>`select cursor from event_cursors`.execute(stage.database);
    expect(rows).toEqual([{ cursor: fresh[5] }]);
  });

  it('raises an alarm where WorkOS no longer knows its place, and looks at everything there is', async () => {
    await reader().round();
    happen(3);
    later(120);
    await reader().round();
    source.log = [];
    const kept = happen(2);
    lists.lists.set('users', [aUser('user_1')]);
    later(120);
    await reader().round();
    const actions = stage.audited.map(({ action }) => action);
    expect(actions).toEqual(['events.reconciled', 'events.cursor_lost', 'events.reconciled']);
    expect(JSON.stringify(stage.logged)).toContain('the place in the Events API is lost');
    expect(await told()).toContainEqual(['user.updated', 'user.updated_user_1']);
    later(120);
    const fresh = happen(1);
    await reader().round();
    expect(source.asked.slice(-2)).toEqual([kept.at(-1), fresh[0]]);
  });

  it('does the same where it was away for longer than WorkOS keeps events', async () => {
    happen(1);
    await reader().round();
    later(30 * 86_400);
    await reader().round();
    expect(stage.audited.map(({ action }) => action)).toContain('events.cursor_lost');
  });

  it('goes past an event that cannot be stored', async () => {
    await reader().round();
    happen(2);
    const poison = stage.event('session.created', { object: 'session_\0', at: 2 });
    source.log.push(poison);
    happen(3);
    later(120);
    await reader().round();
    expect(await ids()).toEqual(source.log.map(({ id }) => id));
    expect(source.asked.at(-1)).toBe(source.log.at(-1)?.id);
    expect(await status()).toMatchObject({ behind: false, dead: 1 });
  });

  it('asks for what the service acts on, and for what else somebody waits for', async () => {
    await reader().round();
    expect(source.names).toContain('dsync.user.updated');
    expect(source.names.filter((name) => name.startsWith('invitation.'))).toEqual([]);
    const handlers = { events: ['invitation.accepted', 'user.deleted'] } as unknown as EventHandlers;
    await reader(handlers).round(true);
    expect(source.names.filter((name) => name.startsWith('invitation.'))).toEqual(['invitation.accepted']);
    expect(source.names.filter((name) => name === 'user.deleted')).toHaveLength(1);
  });

  it('says how far behind the copy is', async () => {
    expect(await status()).toMatchObject({ behind: true, lastReadAt: null });
    await reader().round();
    expect(await status()).toMatchObject({ behind: false, lagSeconds: 0, waiting: 0, dead: 0 });
    happen(3);
    later(200);
    await reader().round();
    later(250);
    expect(await status()).toMatchObject({ behind: false, lagSeconds: 250, waiting: 3 });
    later(60);
    expect(await status()).toMatchObject({ behind: true, lagSeconds: 310 });
    await stage.node([]).drain();
    expect(await status()).toMatchObject({ behind: true, lagSeconds: 0, waiting: 0 });
    await reader().round();
    expect(await status()).toMatchObject({ behind: false });
  });

  it('says once that its place was lost, and goes on with the reconciliation that broke off', async () => {
    happen(1);
    await reader().round();
    source.log = [];
    const [kept] = happen(1);
    lists.lists.set('users', ['user_1', 'user_2', 'user_3'].map(aUser));
    lists.lists.set('broken users', []);
    later(120);
    await expect(reader().round()).rejects.toThrow('upstream_unavailable');
    lists.lists.delete('broken users');
    const fresh = happen(1);
    later(30);
    await reader().round();
    const actions = stage.audited.map(({ action }) => action);
    expect(actions).toEqual(['events.reconciled', 'events.cursor_lost', 'events.reconciled']);
    expect(source.asked.slice(-2)).toEqual([kept, fresh[0]]);
  });

  describe('in a reconciliation', () => {
    const OLD = '2026-01-01T00:00:00.000Z';
    const insert = async (text: string) => sql.raw(text).execute(stage.database);

    beforeEach(async () => {
      lists.lists.set('organizations', [
        {
          ...anObject('org_1'),
          name: 'One',
          domains: [{ ...anObject('org_domain_1'), organization_id: 'org_1' }],
        },
      ]);
      lists.lists.set('directories', [{ ...anObject('directory_1'), organization_id: 'org_1' }]);
    });

    it('finds everything there is, and tells it in the words of events', async () => {
      const within = { organization_id: 'org_1', directory_id: 'directory_1' };
      lists.lists.set('connections', [
        { ...anObject('conn_1'), organization_id: 'org_1', state: 'active' },
        { ...anObject('conn_2'), organization_id: 'org_1', state: 'draft' },
      ]);
      lists.lists.set('environment_roles', [
        { ...anObject('role_1'), slug: 'admin', type: 'EnvironmentRole' },
      ]);
      lists.lists.set('organization_roles org_1', [
        { ...anObject('role_1'), slug: 'admin', type: 'EnvironmentRole' },
        { ...anObject('role_2'), slug: 'org-cook', type: 'OrganizationRole' },
      ]);
      lists.lists.set('users', ['user_1', 'user_2', 'user_3'].map(aUser));
      lists.lists.set('memberships org_1', [{ ...anObject('om_1'), user_id: 'user_1', ...within }]);
      const person = { ...anObject('directory_user_1'), ...within };
      lists.lists.set('directory_users directory_1', [person]);
      lists.lists.set('directory_groups directory_1', [{ ...anObject('directory_group_1'), ...within }]);
      lists.lists.set('group_members directory_group_1', [person]);
      await reader().round();
      const events = (await told()).map(([event = '']) => event).toSorted((a, b) => (a < b ? -1 : 1));
      expect(events).toEqual([
        'connection.activated',
        'connection.deactivated',
        'dsync.activated',
        'dsync.group.updated',
        'dsync.group.user_added',
        'dsync.user.updated',
        'organization.updated',
        'organization_domain.updated',
        'organization_membership.updated',
        'organization_role.updated',
        'role.updated',
        'user.updated',
        'user.updated',
        'user.updated',
      ]);
    });

    it('tells which directories were switched off, and not which cannot be reached for now', async () => {
      const states = ['linked', 'unlinked', 'invalid_credentials', 'validating', 'deleting'];
      lists.lists.set(
        'directories',
        states.map((state) => ({ ...anObject(`directory_${state}`), organization_id: 'org_1', state })),
      );
      await reader().round();
      const off = (await told()).filter(([event]) => event === 'dsync.deactivated').map(([, id]) => id);
      expect(off).toEqual(['dsync.deactivated_directory_deleting', 'dsync.deactivated_directory_unlinked']);
    });

    it('tells as deleted what WorkOS has no more, in a form that can be read', async () => {
      await insert(`
        insert into organizations (id, name, synced_at, version) values ('org_2', 'Two', now(), '${OLD}');
        insert into connections (id, organization_id, name, type, state, version)
          values ('conn_of_2', 'org_2', '', 'OktaSAML', 'active', '${OLD}'),
            ('conn_of_1', 'org_1', '', 'OktaSAML', 'active', '${OLD}');
        insert into organization_domains values ('org_domain_1', 'org_1', 'one.example', 'verified', '${OLD}'),
          ('org_domain_2', 'org_1', 'two.example', 'verified', '${OLD}');
        insert into users (id, email, created_at, updated_at, version)
          values ('user_9', 'nine@one.example', now(), now(), '${OLD}');
        insert into memberships (id, user_id, organization_id, roles, updated_at, version)
          values ('om_9', 'user_9', 'org_1', '{}', now(), '${OLD}');
        insert into roles (organization_id, slug, permissions, version)
          values ('', 'gone', '{}', '${OLD}'), ('org_1', 'org-gone', '{}', '${OLD}');
        insert into directories (id, organization_id, name, type, state, version)
          values ('directory_1', 'org_1', '', 'okta scim v2.0', 'active', '${OLD}'),
            ('directory_9', 'org_1', '', 'okta scim v2.0', 'active', '${OLD}');
        insert into directory_users (id, directory_id, organization_id, idp_id, state, version)
          values ('directory_user_1', 'directory_1', 'org_1', '1', 'active', '${OLD}'),
            ('directory_user_2', 'directory_1', 'org_1', '2', 'active', '${OLD}'),
            ('directory_user_9', 'directory_9', 'org_1', '9', 'active', '${OLD}');
        insert into directory_groups (id, directory_id, organization_id, name, version)
          values ('directory_group_1', 'directory_1', 'org_1', '', '${OLD}'),
            ('directory_group_2', 'directory_1', 'org_1', '', '${OLD}');
        insert into directory_group_members (group_id, directory_user_id, present, version)
          values ('directory_group_1', 'directory_user_1', true, '${OLD}');
      `);
      const within = { organization_id: 'org_1', directory_id: 'directory_1' };
      lists.lists.set('directory_users directory_1', [
        { ...anObject('directory_user_1'), ...within, idp_id: '1' },
      ]);
      lists.lists.set('directory_groups directory_1', [{ ...anObject('directory_group_1'), ...within }]);
      await reader().round();
      const gone = (await told()).filter(([event]) => /deleted|removed/.test(event ?? ''));
      // Nothing of the organization or of the directory that goes: that goes with it.
      expect(gone.map(([event, id]) => `${event} ${id}`).toSorted()).toEqual([
        'connection.deleted connection.deleted_conn_of_1',
        'dsync.deleted dsync.deleted_directory_9',
        'dsync.group.deleted dsync.group.deleted_directory_group_2',
        'dsync.group.user_removed dsync.group.user_removed_directory_group_1/directory_user_1',
        'dsync.user.deleted dsync.user.deleted_directory_user_2',
        'organization.deleted organization.deleted_org_2',
        'organization_domain.deleted organization_domain.deleted_org_domain_2',
        'organization_membership.deleted organization_membership.deleted_om_9',
        'organization_role.deleted organization_role.deleted_organization_role org_1 org-gone',
        'role.deleted role.deleted_role  gone',
        'user.deleted user.deleted_user_9',
      ]);
      await sql`delete from workos_events where event !~ 'deleted|removed'`.execute(stage.database);
      await stage.node([]).drain();
      expect((await stage.stored()).filter(({ state }) => state !== 'done')).toEqual([]);
    });

    it('writes nothing again of what it has told before', async () => {
      lists.lists.set('users', ['user_1', 'user_2'].map(aUser));
      lists.lists.set('group_members directory_group_1', [anObject('directory_user_1')]);
      lists.lists.set('directory_groups directory_1', [anObject('directory_group_1')]);
      lists.lists.set('broken users', []);
      await expect(reader().round()).rejects.toThrow();
      const before = await ids();
      expect(before.length).toBeGreaterThan(0);
      lists.lists.delete('broken users');
      later(30);
      await reader().round();
      const first = await ids();
      expect(first).toEqual(expect.arrayContaining(before));
      later(30 * 86_400);
      await reader().round();
      const again = (await ids()).filter((id) => !first.includes(id));
      // Who is in a group has no time of its own.
      expect(again.map((id) => id.split('_')[2])).toEqual(['dsync.group.user']);
    });

    it('reads its own copies a page at a time', async () => {
      await insert(`insert into users (id, email, created_at, updated_at, version)
        select 'user_' || n, '', now(), now(), '${OLD}' from generate_series(1, 2500) as n`);
      await insert(`insert into directory_groups (id, directory_id, organization_id, name, version)
        select 'group_' || n, 'directory_1', 'org_1', '', '${OLD}' from generate_series(1, 3) as n;
        insert into directory_users (id, directory_id, organization_id, idp_id, state, version)
        select 'person_' || n, 'directory_1', 'org_1', '', 'active', '${OLD}' from generate_series(1, 700) as n;
        insert into directory_group_members (group_id, directory_user_id, present, version)
        select g.id, u.id, true, '${OLD}' from directory_groups g, directory_users u`);
      const local = new LocalCopyRepository(stage.database);
      for (const [deleted, count] of [
        ['user.deleted', 2500],
        ['dsync.group.user_removed', 2100],
      ] as const) {
        const kind = [...LOCAL_KINDS, SEATS].find((candidate) => candidate.deleted === deleted);
        if (!kind) throw new Error(deleted);
        const pages: number[] = [];
        const keys = new Set<string>();
        for await (const page of local.olderThan(kind, stage.now)) {
          pages.push(page.length);
          for (const { key } of page) keys.add(key);
        }
        expect([pages, keys.size]).toEqual([[1000, 1000, count - 2000], count]);
      }
    });

    it('tells nothing as deleted that WorkOS still has when asked, or that was heard of since', async () => {
      const justNow = new Date(stage.now.getTime() - 30_000).toISOString();
      await insert(`insert into organizations (id, name, synced_at, version) values
        ('org_hidden', '', now(), '${OLD}'), ('org_new', '', now(), '${justNow} x'), ('org_looked_up', '', now(), '')`);
      lists.hidden.add('org_hidden');
      await reader().round();
      expect((await told()).map(([event]) => event)).not.toContain('organization.deleted');
      expect(lists.asked).toEqual(['organization org_hidden']);
    });

    it('takes nobody out of a group that is there although no list has it', async () => {
      await insert(`
        insert into directories (id, organization_id, name, type, state, version)
          values ('directory_1', 'org_1', '', 'okta scim v2.0', 'active', '${OLD}');
        insert into directory_users (id, directory_id, organization_id, idp_id, state, version)
          values ('directory_user_1', 'directory_1', 'org_1', '1', 'active', '${OLD}');
        insert into directory_groups (id, directory_id, organization_id, name, version)
          values ('directory_group_1', 'directory_1', 'org_1', '', '${OLD}');
        insert into directory_group_members (group_id, directory_user_id, present, version)
          values ('directory_group_1', 'directory_user_1', true, '${OLD}');
      `);
      for (const id of ['directory_user_1', 'directory_group_1']) lists.hidden.add(id);
      await reader().round();
      expect((await told()).filter(([event]) => /deleted|removed/.test(event ?? ''))).toEqual([]);
    });

    it('breaks off where the process ends, and another one begins it again', async () => {
      lists.lists.set('users', ['user_1', 'user_2', 'user_3'].map(aUser));
      const ending = reader();
      const page = jest.spyOn(lists, 'page').mockImplementationOnce((list, after) => {
        ending.beforeApplicationShutdown();
        return FakeLists.prototype.page.call(lists, list, after);
      });
      await expect(ending.round()).rejects.toThrow('the process ends');
      expect(page).toHaveBeenCalledTimes(1);
      await reader().round();
      expect(stage.audited.map(({ action }) => action)).toEqual(['events.reconciled']);
    });

    it('tells nothing as deleted where a list broke off, and begins anew the next time', async () => {
      await insert(
        `insert into organizations (id, name, synced_at, version) values ('org_2', '', now(), '${OLD}')`,
      );
      lists.lists.set('broken users', []);
      await expect(reader().round()).rejects.toThrow('upstream_unavailable');
      expect((await told()).map(([event]) => event)).not.toContain('organization.deleted');
      lists.lists.delete('broken users');
      await reader().round();
      expect((await told()).map(([event]) => event)).toContain('organization.deleted');
    });
  });
});

const TIME = '2026-02-01T00:00:00.000Z';
const anObject = (id: string): WireObject => ({ id, created_at: TIME, updated_at: TIME });
const aUser = (id: string): WireObject => ({ ...anObject(id), email: `${id}@one.example` });
