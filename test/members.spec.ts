import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DirectoryAccess } from '../src/sync/directory-access.service.js';
import { MembersService } from '../src/sync/members.service.js';
import { PeopleRepository } from '../src/users/people.repository.js';
import {
  ACME,
  ADA,
  aDirectoryUser,
  aGroup,
  aMembership,
  aUser,
  EVE,
  GLOBEX,
  inGroup,
  second,
} from './support/event-payloads.js';
import { EventStage } from './support/event-stage.js';

const BOB = 'user_01HGATEH0VSEB0B00000000001';

describe('the members of an organization', () => {
  let stage: EventStage;
  beforeAll(async () => {
    stage = await EventStage.open();
  });
  beforeEach(async () => {
    await stage.verifyDomain(ACME, 'acme.com');
    await stage.setPolicy(ACME, { groupRoles: { Engineering: 'developer' }, defaultRole: 'guest' });
    await join(ADA, 'ada@acme.com', ACME, { role: { slug: 'admin' }, roles: null });
    await join(BOB, 'bob@acme.com', ACME, { role: null, roles: [], status: 'pending' });
    await join(EVE, 'eve@globex.com', GLOBEX);
    await stage.tell('dsync.group.created', aGroup(1), second(1));
    await stage.tell('dsync.user.created', aDirectoryUser(1), second(1));
    await stage.tell('dsync.group.user_added', inGroup(), second(1));
  });
  afterEach(() => stage.clear());
  afterAll(() => stage.close());

  async function join(id: string, email: string, organization: string, changes: object = {}): Promise<void> {
    await stage.tell('user.created', aUser(1, { id, email }), second(1));
    const membership = { id: `om_${id}`, user_id: id, organization_id: organization, ...changes };
    await stage.tell('organization_membership.created', aMembership(1, membership), second(1));
  }
  const list = (limit = 20, cursor?: string) => stage.get(MembersService).list(ACME, limit, cursor);
  const ada = { id: ADA, email: 'ada@acme.com', status: 'active', directoryManaged: true, usable: true };

  it('are listed with their roles, whatever those come from, and nobody of another organization', async () => {
    expect((await list()).data).toEqual([
      expect.objectContaining({
        id: BOB,
        status: 'invited',
        directoryManaged: false,
        usable: true,
        roles: ['guest'],
      }),
      expect.objectContaining({ ...ada, roles: ['admin', 'developer'] }),
    ]);
  });

  it('go page by page', async () => {
    const first = await list(1);
    expect(first.data.map(({ id }) => id)).toEqual([BOB]);
    expect(first.nextCursor).not.toBeNull();
    expect(await list(1, BOB)).toMatchObject({ data: [{ id: ADA }], nextCursor: null });
  });

  it.each([{ state: 'inactive' }, { state: 'suspended' }])(
    'are deactivated where their directory says %j, and have no roles of its groups',
    async (changes) => {
      await stage.tell('dsync.user.updated', aDirectoryUser(4, changes), second(4));
      const [, member] = (await list()).data;
      expect(member).toMatchObject({ ...ada, status: 'deactivated', roles: ['admin'] });
    },
  );

  it('are told why they have a role, and asked for nobody who is none', async () => {
    const group = { id: 'directory_group_engineering', name: 'Engineering' };
    expect(await stage.get(MembersService).explainRoles(ACME, ADA)).toEqual([
      { role: 'admin', from: 'workos' },
      { role: 'developer', from: 'group', group },
    ]);
    expect(await stage.get(MembersService).explainRoles(ACME, BOB)).toEqual([
      { role: 'guest', from: 'default' },
    ]);
    expect(await stage.get(MembersService).explainRoles(ACME, EVE)).toBeNull();
    expect(await stage.get(MembersService).find(ACME, EVE)).toBeNull();
  });

  describe('of whom there are very many', () => {
    beforeEach(async () => {
      // Of some of them WorkOS has told nothing yet but that they are members.
      await stage.rows(`insert into memberships (organization_id, user_id, roles, updated_at)
        select '${ACME}', 'user_' || lpad(n::text, 5, '0'), '{}', now() from generate_series(1, 2500) as n`);
    });

    it('are gone through some at a time', async () => {
      const sizes: number[] = [];
      for await (const page of stage.get(PeopleRepository).members(stage.database, ACME))
        sizes.push(page.length);
      expect(sizes).toEqual([1000, 1000, 502]);
    });

    it('are all out where a group is required that they are not in, but those in it and whoever required it', async () => {
      await stage.setPolicy(ACME, { requiredGroups: ['Engineering'] });
      await stage.ended();
      await stage.database
        .transaction()
        .execute((trx) => stage.get(DirectoryAccess).applyPolicy(trx, ACME, BOB));
      const [{ followed } = { followed: 0 }] = await stage.rows<{ followed: number }>(
        `select count(*)::int as followed from revocation_outbox where kind = 'claims_of_member'`,
      );
      const ended = await stage.ended();
      expect([ended.length, followed]).toEqual([2500, 2502]);
      expect(ended).not.toContainEqual(expect.stringMatching(`${ADA}|${BOB}`));
    });
  });
});
