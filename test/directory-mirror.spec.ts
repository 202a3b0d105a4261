import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { WorkosEventName } from '../src/identity/workos-event.js';
import {
  ACME,
  ADA,
  aDirectory,
  aDirectoryUser,
  aGroup,
  aMembership,
  aUser,
  inGroup,
  second,
} from './support/event-payloads.js';
import { EventStage } from './support/event-stage.js';

const SUSPENDED = [`member ${ACME}:${ADA}: directory_user_deactivated`];
const UNGATED = [`member ${ACME}:${ADA}: group_removed`];

describe('directories, as events tell of them', () => {
  let stage: EventStage;
  beforeAll(async () => {
    stage = await EventStage.open();
  });
  afterEach(() => stage.clear());
  afterAll(() => stage.close());

  const records = () =>
    stage.rows<{ id: string; state: string; user_id: string | null; gone: boolean }>(
      'select id, state, user_id, deleted_at is not null as gone from directory_users order by id',
    );
  const counts = async () => {
    const [row] = await stage.rows(
      `select (select count(*)::int from directories) as directories, (select count(*)::int from directory_users) as users,
        (select count(*)::int from directory_groups) as groups, (select count(*)::int from directory_group_members) as members`,
    );
    return row;
  };
  /** Ada is a member of Acme, whose domain is verified; what that ended is forgotten. */
  const ada = async (requiredGroups: string[] = []) => {
    await stage.verifyDomain(ACME, 'acme.com');
    await stage.setPolicy(ACME, { requiredGroups });
    await stage.tell('user.created', aUser(1), second(1));
    await stage.tell('organization_membership.created', aMembership(1), second(1));
  };

  it('links a person to the record that comes after them', async () => {
    await ada();
    await stage.tell('dsync.user.created', aDirectoryUser(2, { email: 'Ada@ACME.com' }), second(2));
    expect(await records()).toEqual([
      { id: 'directory_user_ada', state: 'active', user_id: ADA, gone: false },
    ]);
    expect(await stage.ended()).toEqual([]);
  });

  it('links a person to the record that was there before them', async () => {
    await stage.tell('dsync.user.created', aDirectoryUser(2), second(2));
    expect(await records()).toMatchObject([{ user_id: null }]);
    await ada();
    expect(await records()).toMatchObject([{ user_id: ADA }]);
  });

  it('links nobody by an address while its domain is not verified', async () => {
    await stage.tell('user.created', aUser(1), second(1));
    await stage.tell('organization_membership.created', aMembership(1), second(1));
    await stage.tell('dsync.user.created', aDirectoryUser(2), second(2));
    await stage.tell('dsync.user.deleted', aDirectoryUser(3), second(3));
    expect([await records(), await stage.ended()]).toEqual([
      [{ id: 'directory_user_ada', state: 'active', user_id: null, gone: true }],
      [],
    ]);
  });

  it.each<[string, WorkosEventName, object]>([
    ['is switched off', 'dsync.user.updated', { state: 'inactive' }],
    ['is suspended', 'dsync.user.updated', { state: 'suspended' }],
    ['is in a state that nobody knows yet', 'dsync.user.updated', { state: 'on_leave' }],
    ['is deleted', 'dsync.user.deleted', {}],
  ])('ends the sessions of whoever %s, in that organization', async (_what, name, changes) => {
    await ada();
    await stage.tell('dsync.user.created', aDirectoryUser(2), second(2));
    await stage.tell(name, aDirectoryUser(5, changes), second(5));
    expect(await stage.ended()).toEqual(SUSPENDED);
  });

  it.each<[string, WorkosEventName, object]>([
    ['suspended', 'dsync.user.updated', { state: 'inactive' }],
    ['deleted', 'dsync.user.deleted', {}],
  ])('is not impressed by a late word that somebody %s is active', async (_what, name, changes) => {
    await ada();
    await stage.tell(name, aDirectoryUser(5, changes), second(5));
    const before = await records();
    await stage.tell('dsync.user.created', aDirectoryUser(2), second(2));
    // Heard of later, and no newer.
    await stage.tell('dsync.user.updated', aDirectoryUser(4), second(9));
    expect(await records()).toEqual(before);
    expect(await stage.ended()).toEqual(SUSPENDED);
  });

  it('lets a newer account make somebody active again, but nobody who was deleted', async () => {
    await ada();
    await stage.tell('dsync.user.updated', aDirectoryUser(5, { state: 'inactive' }), second(5));
    await stage.tell('dsync.user.updated', aDirectoryUser(6), second(6));
    expect(await records()).toMatchObject([{ state: 'active', gone: false }]);
    await stage.tell('dsync.user.deleted', aDirectoryUser(7), second(7));
    await stage.tell('dsync.user.updated', aDirectoryUser(8), second(8));
    expect(await records()).toMatchObject([{ gone: true }]);
  });

  it('loses all that a deleted directory held, and ends the sessions of all whom it knew', async () => {
    await ada();
    await stage.tell('dsync.activated', aDirectory(1), second(1));
    await stage.tell('dsync.user.created', aDirectoryUser(2), second(2));
    await stage.tell('dsync.group.created', aGroup(2), second(2));
    await stage.tell('dsync.group.user_added', inGroup(), second(2));
    await stage.tell('dsync.deleted', aDirectory(6), second(6));
    expect(await stage.ended()).toEqual([
      'directory directory_acme: directory_deleted',
      `member ${ACME}:${ADA}: directory_deleted`,
    ]);
    const late: [WorkosEventName, object][] = [
      ['dsync.activated', aDirectory(9)],
      ['dsync.user.created', aDirectoryUser(9)],
      ['dsync.user.deleted', aDirectoryUser(9)],
      ['dsync.group.created', aGroup(9)],
      ['dsync.group.user_added', inGroup()],
    ];
    for (const [name, data] of late) await stage.tell(name, data, second(9));
    expect(await counts()).toEqual({ directories: 0, users: 0, groups: 0, members: 0 });
    expect(await stage.ended()).toEqual([]);
  });

  describe.each<[string, WorkosEventName, object]>([
    ['is deleted', 'dsync.deleted', aDirectory(8)],
    ['is switched off', 'dsync.deactivated', aDirectory(8, { state: 'inactive' })],
  ])('where a directory %s', (_what, name, data) => {
    const out = ['directory directory_acme: directory_deleted', `member ${ACME}:${ADA}: directory_deleted`];
    const left = async () => {
      await stage.ended();
      await stage.tell(name, data, second(8));
      const without = await stage.rows<{ user_id: string }>(
        'select user_id from memberships where without_directory_since is not null',
      );
      return { ended: await stage.ended(), without: without.map(({ user_id: userId }) => userId) };
    };
    const elsewhere = (at: number, changes: object = {}) =>
      aDirectoryUser(at, {
        id: 'directory_user_2',
        directory_id: 'directory_2',
        idp_id: 'idp-2',
        ...changes,
      });

    it.each<[string, WorkosEventName, object]>([
      ['suspended', 'dsync.user.updated', { state: 'inactive' }],
      ['deleted', 'dsync.user.deleted', {}],
    ])('whoever it has as %s is out like everybody else', async (_how, event, changes) => {
      await ada();
      await stage.tell('dsync.user.created', aDirectoryUser(2), second(2));
      await stage.tell(event, aDirectoryUser(3, changes), second(3));
      expect(await left()).toEqual({ ended: out, without: [ADA] });
    });

    it.each<[string, WorkosEventName, object]>([
      ['suspended', 'dsync.user.updated', { state: 'inactive' }],
      ['deleted', 'dsync.user.deleted', {}],
    ])('whoever it has as %s stays where another directory has them', async (_how, event, changes) => {
      await ada();
      await stage.tell('dsync.user.created', aDirectoryUser(2), second(2));
      await stage.tell('dsync.user.created', elsewhere(3), second(3));
      await stage.tell(event, aDirectoryUser(4, changes), second(4));
      expect(await left()).toEqual({ ended: out.slice(0, 1), without: [] });
    });

    it.each<[string, string, object]>([
      ['address', 'ada@acme.com', {}],
      ['address on a domain in Unicode', 'ada@b\u00fccher.example', {}],
      ['address, and is deleted there', 'ada@acme.com', { deleted: true }],
    ])(
      'whoever it means by their %s alone is out, linked or not',
      async (_by, email, { deleted = false }: { deleted?: boolean }) => {
        await stage.tell('user.created', aUser(1, { email }), second(1));
        await stage.tell('organization_membership.created', aMembership(1), second(1));
        await stage.tell('dsync.user.created', aDirectoryUser(2, { email }), second(2));
        if (deleted) await stage.tell('dsync.user.deleted', aDirectoryUser(3, { email }), second(3));
        await stage.verifyDomain(ACME, 'acme.com');
        await stage.verifyDomain(ACME, 'xn--bcher-kva.example');
        expect(await records()).toMatchObject([{ user_id: null }]);
        expect(await left()).toEqual({ ended: out, without: [ADA] });
      },
    );
  });

  it('holds nothing of a directory whose deletion came between its events', async () => {
    await stage.tell('dsync.group.user_added', inGroup(), second(2));
    await stage.tell('dsync.deleted', aDirectory(6), second(6));
    await stage.tell('dsync.group.created', aGroup(2), second(2));
    await stage.tell('dsync.user.created', aDirectoryUser(2), second(2));
    expect(await counts()).toEqual({ directories: 0, users: 0, groups: 0, members: 0 });
  });

  it('orders those who come into a group and leave it by the events: nothing else tells', async () => {
    await stage.tell('dsync.group.user_removed', inGroup(), second(5));
    await stage.tell('dsync.group.user_added', inGroup(), second(3));
    expect(await stage.rows('select present from directory_group_members')).toEqual([{ present: false }]);
    await stage.tell('dsync.group.user_added', inGroup(), second(7));
    expect(await stage.rows('select present from directory_group_members')).toEqual([{ present: true }]);
  });

  it('takes the members of a deleted group out of it', async () => {
    await stage.tell('dsync.group.created', aGroup(1), second(1));
    await stage.tell('dsync.group.user_added', inGroup(), second(2));
    await stage.tell('dsync.group.deleted', aGroup(3), second(3));
    await stage.tell('dsync.group.user_added', inGroup(), second(4));
    expect(await counts()).toMatchObject({ groups: 0, members: 0 });
  });

  describe('where a group gates access', () => {
    const inside = async (gate: string) => {
      await ada([gate]);
      await stage.tell('dsync.group.created', aGroup(2), second(2));
      await stage.tell('dsync.user.created', aDirectoryUser(2), second(2));
      await stage.tell('dsync.group.user_added', inGroup(), second(3));
      await stage.ended();
    };

    it.each<[string, WorkosEventName, object]>([
      ['leaves it', 'dsync.group.user_removed', inGroup()],
      ['is in it when it is deleted', 'dsync.group.deleted', aGroup(5)],
      ['is in it when it gets another name', 'dsync.group.updated', aGroup(5, { name: 'Engineers' })],
    ])('ends the sessions of whoever %s', async (_what, name, data) => {
      await inside('Engineering');
      await stage.tell(name, data, second(5));
      expect(await stage.ended()).toEqual(UNGATED);
    });

    it('leaves whoever is in another group that is good enough', async () => {
      await inside('directory_group_engineering');
      const finance = aGroup(2, { id: 'directory_group_finance', name: 'Finance' });
      await stage.setPolicy(ACME, { requiredGroups: ['Finance', 'directory_group_engineering'] });
      await stage.tell('dsync.group.created', finance, second(2));
      await stage.tell('dsync.group.user_added', inGroup(aDirectoryUser(0), finance), second(4));
      await stage.tell('dsync.group.user_removed', inGroup(), second(5));
      expect(await stage.ended()).toEqual([]);
    });

    it('asks nobody for a group where none is required', async () => {
      await inside('Engineering');
      await stage.setPolicy(ACME, { requiredGroups: [] });
      await stage.tell('dsync.group.user_removed', inGroup(), second(5));
      expect(await stage.ended()).toEqual([]);
    });
  });
});
