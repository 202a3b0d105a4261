import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { WorkosEventName } from '../src/identity/workos-event.js';
import { LatecomersRepository, type MemberKey } from '../src/sync/latecomers.repository.js';
import { Latecomers } from '../src/sync/latecomers.service.js';
import {
  ACME,
  ADA,
  aDirectoryUser,
  aGroup,
  aMembership,
  aUser,
  EVE,
  inGroup,
  second,
} from './support/event-payloads.js';
import { EventStage } from './support/event-stage.js';

/** Who was not linked when they were heard of: here they are written past the events that would have linked them. */
describe('the look at everybody (sso)', () => {
  let stage: EventStage;
  beforeAll(async () => {
    stage = await EventStage.open('sso');
  }, 20_000);
  beforeEach(() => stage.verifyDomain(ACME, 'acme.com'));
  afterEach(() => stage.clear());
  afterAll(() => stage.close());

  const account = async (id: string, name: string, changes: { profile?: boolean; sameAs?: string } = {}) => {
    await stage.rows(`insert into users (id, email, created_at, updated_at)
      values ('${id}', '${name}@acme.com', now(), now())`);
    await stage.rows(`insert into memberships (organization_id, user_id, roles, updated_at, same_as)
      values ('${ACME}', '${id}', '{}', now(), nullif('${changes.sameAs ?? ''}', ''))`);
    if (changes.profile === true)
      await stage.rows(`insert into user_identities (connection_id, idp_id, profile_id, organization_id, user_id)
        values ('conn_acme', 'idp-${id}', 'prof_${id}', '${ACME}', '${id}')`);
  };
  const pair = async (name: string) => {
    await account(`user_${name}_profile`, name, { profile: true });
    await account(`user_${name}_workos`, name);
  };
  const record = (id: string, name: string, userId = '', directoryId = 'directory_acme') =>
    stage.rows(`insert into directory_users (id, directory_id, organization_id, idp_id, email, state, version, user_id)
      values ('${id}', '${directoryId}', '${ACME}', 'idp-${id}', '${name}@acme.com', 'active', '', nullif('${userId}', ''))`);
  const halves = async () =>
    (
      await stage.rows<{ user_id: string }>(
        'select user_id from memberships where same_as is not null order by user_id',
      )
    ).map(({ user_id }) => user_id);
  const look = () => stage.get(Latecomers).look();
  const found = async () => {
    const everybody: string[] = [];
    let after: MemberKey | undefined = { organizationId: '', userId: '' };
    while (after) {
      const page = await stage.get(LatecomersRepository).after(after);
      everybody.push(...(page?.latecomers ?? []).map(({ userId }) => userId));
      after = page?.last;
    }
    return everybody;
  };

  it('links two accounts of one person, and a person and their record', async () => {
    await pair('ada');
    await account('user_eve', 'eve');
    await record('directory_user_eve', 'eve');
    await look();
    expect(await halves()).toEqual(['user_ada_workos']);
    expect(await stage.rows('select user_id from directory_users')).toEqual([{ user_id: 'user_eve' }]);
    expect(await found()).toEqual([]);
  });

  it('finds them in an organization of any size', async () => {
    await stage.rows(`insert into memberships (organization_id, user_id, roles, updated_at)
      select '${ACME}', 'user_' || lpad(n::text, 5, '0'), '{}', now() from generate_series(1, 2500) as n`);
    await pair('ada');
    await look();
    expect(await halves()).toEqual(['user_ada_workos']);
  });

  it('passes over whoever can never be linked', async () => {
    await account('user_1', 'two.profiles', { profile: true });
    await account('user_2', 'two.profiles', { profile: true });
    await account('user_3', 'three');
    await account('user_4', 'three', { profile: true });
    await account('user_5', 'three', { profile: true });
    await account('user_6', 'somebody.later');
    await account('user_7', 'somebody.later', { profile: true });
    await account('user_8', 'somebody.later', { profile: true, sameAs: 'user_6' });
    await account('user_9', 'two.people', { profile: true });
    await account('user_10', 'two.people');
    await record('record_9', 'nine', 'user_9');
    await record('record_10', 'ten', 'user_10');
    await account('user_11', 'two.records');
    await record('record_11', 'two.records');
    await record('record_12', 'two.records');
    await account('user_13', 'has.one');
    await record('record_13', 'has.one', 'user_13');
    await record('record_14', 'has.one');
    await record('record_15', 'two.profiles');
    expect(await found()).toEqual([]);
  });

  it("passes over addresses of a domain that is not the organization's alone", async () => {
    await pair('ada');
    await stage.verifyDomain('org_other', 'acme.com');
    await look();
    expect(await halves()).toEqual([]);
  });

  it('is taken by one node at a time, and not again at once', async () => {
    await look();
    await pair('ada');
    await look();
    expect(await halves()).toEqual([]);
    await stage.rows(`update leases set until = until - interval '10 minutes'`);
    await look();
    expect(await halves()).toEqual(['user_ada_workos']);
  });

  describe('where one person cannot be linked', () => {
    beforeEach(() =>
      stage.rows(`create function refuse() returns trigger language plpgsql as $$ begin
        if new.user_id like 'user_ada%' then raise 'not her'; end if; return new; end $$;
        create trigger refuse before update on memberships for each row execute function refuse()`),
    );
    afterEach(() => stage.rows('drop function refuse() cascade'));

    it('links the others', async () => {
      await pair('ada');
      await pair('eve');
      await look();
      expect(await halves()).toEqual(['user_eve_workos']);
    });
  });

  it('puts on record once that a directory record could mean several people, with the change or not at all', async () => {
    const refusals = async () =>
      (await stage.rows(`select id from audit_events where action = 'directory_link.refused'`)).length;
    await account('user_1', 'ada', { profile: true });
    await account('user_2', 'ada', { profile: true });
    const tell = (at: number, then?: () => Promise<void>) =>
      stage.tell('dsync.user.updated', aDirectoryUser(at), second(at), then);
    await expect(tell(1, () => Promise.reject(new Error('undone')))).rejects.toThrow('undone');
    expect(await refusals()).toBe(0);
    await tell(2);
    await tell(3);
    await stage.tell('user.updated', aUser(4, { id: 'user_1', email: 'ada@acme.com' }), second(4));
    await look();
    expect(await refusals()).toBe(1);
  });

  it('ends the sessions of whoever is one with somebody whom their directory has let go', async () => {
    await pair('ada');
    await record('directory_user_ada', 'ada', 'user_ada_workos');
    await stage.rows(`update directory_users set state = 'inactive'`);
    await look();
    expect(await halves()).toEqual(['user_ada_workos']);
    expect(await stage.ended()).toEqual([`member ${ACME}:user_ada_profile: directory_user_deactivated`]);
  });

  describe('at a domain that is verified late', () => {
    const IDP = { idp_id: 'scim' };
    const verify = () =>
      stage.tell('organization_domain.verified', {
        id: `${ACME} acme.com`,
        organization_id: ACME,
        domain: 'acme.com',
        state: 'verified',
        created_at: second(1),
        updated_at: second(9),
      });
    const follow = async () => {
      await verify();
      await stage.get(Latecomers).follow();
      return stage.ended();
    };
    const claimsOf = (userId: string) =>
      stage.rows(
        `select from revocation_outbox where kind = 'claims_of_member' and subject_id = '${ACME}:${userId}'`,
      );
    beforeEach(async () => {
      await stage.rows('delete from organization_domains');
      await stage.tell('user.created', aUser(1), second(1));
      await stage.tell('organization_membership.created', aMembership(1), second(1));
      await stage.tell('dsync.user.created', aDirectoryUser(2, IDP), second(2));
    });

    it('holds up no event: who is there is linked after it, one by one', async () => {
      await stage.holding(`person ${ACME} email ada@acme.com`, verify);
      expect(await stage.rows('select user_id from directory_users')).toEqual([{ user_id: null }]);
      await stage.get(Latecomers).follow();
      expect(await stage.rows('select user_id from directory_users')).toEqual([{ user_id: ADA }]);
      expect(await stage.ended()).toEqual([]);
    });

    it.each<[string, WorkosEventName, object]>([
      ['suspended', 'dsync.user.updated', { state: 'inactive' }],
      ['deleted', 'dsync.user.deleted', {}],
    ])('ends the sessions of whoever was %s by then', async (_how, name, changes) => {
      await stage.tell(name, aDirectoryUser(3, { ...IDP, ...changes }), second(3));
      expect(await stage.ended()).toEqual([]);
      expect(await follow()).toEqual([`member ${ACME}:${ADA}: directory_user_deactivated`]);
      expect(await found()).toEqual([]);
    });

    it('leaves whoever was deleted and is there again, or in another directory', async () => {
      await stage.tell('dsync.user.deleted', aDirectoryUser(3, IDP), second(3));
      const again = { id: 'directory_user_again', directory_id: 'directory_2', idp_id: 'again' };
      await stage.tell('dsync.user.created', aDirectoryUser(4, again), second(4));
      expect(await follow()).toEqual([]);
      expect(await found()).toEqual([]);
    });

    it('gives the roles of their groups to the sessions that they have, and asks for the groups that are needed', async () => {
      await stage.tell('dsync.group.created', aGroup(2), second(2));
      await stage.tell('dsync.group.user_added', inGroup(aDirectoryUser(2, IDP)), second(3));
      await stage.setPolicy(ACME, {
        groupRoles: { Engineering: 'developer' },
        requiredGroups: ['Engineering'],
      });
      const eve = { id: EVE, email: 'eve@acme.com' };
      await stage.tell('user.created', aUser(1, eve), second(1));
      await stage.tell(
        'organization_membership.created',
        aMembership(1, { id: 'om_eve', user_id: EVE }),
        second(1),
      );
      await stage.tell(
        'dsync.user.created',
        aDirectoryUser(2, { id: 'directory_user_eve', idp_id: 'scim-eve', email: eve.email }),
        second(2),
      );
      await stage.rows('delete from revocation_outbox');
      await verify();
      await stage.get(Latecomers).follow();
      expect(await claimsOf(ADA)).toHaveLength(1);
      expect(await stage.ended()).toEqual([`member ${ACME}:${EVE}: group_removed`]);
    });
  });

  it('ends the sessions of whoever gets the address of somebody who is suspended', async () => {
    await stage.tell('user.created', aUser(1, { email: 'ada@elsewhere.example' }), second(1));
    await stage.tell('organization_membership.created', aMembership(1), second(1));
    await stage.tell(
      'dsync.user.created',
      aDirectoryUser(2, { idp_id: 'scim', state: 'inactive' }),
      second(2),
    );
    expect(await stage.ended()).toEqual([]);
    await stage.tell('user.updated', aUser(3), second(3));
    expect(await stage.ended()).toEqual([`member ${ACME}:${ADA}: directory_user_deactivated`]);
  });
});
