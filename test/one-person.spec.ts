import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ExternalIdentity } from '../src/identity/identity-provider.port.js';
import { PassIssuer } from '../src/auth/break-glass/pass-issuer.js';
import { Latecomers } from '../src/sync/latecomers.service.js';
import { MembersService } from '../src/sync/members.service.js';
import {
  ACME,
  ADA,
  aDirectory,
  aDirectoryUser,
  aGroup,
  aMembership,
  aUser,
  adasProfile,
  GLOBEX,
  inGroup,
  second,
} from './support/event-payloads.js';
import { EventStage } from './support/event-stage.js';
import { until } from './support/until.js';

const PROFILE = adasProfile('conn_acme');

describe('one person, heard of in several ways (sso)', () => {
  let stage: EventStage;
  beforeAll(async () => {
    stage = await EventStage.open('sso');
  }, 20_000);
  beforeEach(() => stage.verifyDomain(ACME, 'acme.com'));
  afterEach(() => stage.clear());
  afterAll(() => stage.close());

  const signIn = (changes: Partial<ExternalIdentity> = {}) => stage.signIn({ ...PROFILE, ...changes }, ACME);
  const tellOfUser = async (changes: object = {}) => {
    await stage.tell('user.created', aUser(1, changes), second(1));
    await stage.tell('organization_membership.created', aMembership(1), second(1));
  };
  const tellOfRecord = async () => {
    await stage.tell('dsync.activated', aDirectory(1), second(1));
    await stage.tell('dsync.user.created', aDirectoryUser(1), second(1));
    await stage.tell('dsync.group.created', aGroup(1), second(1));
    await stage.tell('dsync.group.user_added', inGroup(), second(1));
  };
  const members = async () => (await stage.get(MembersService).list(ACME, 20, undefined)).data;
  const STEPS = { user: tellOfUser, record: tellOfRecord, 'sign-in': signIn };
  const ORDERS: (keyof typeof STEPS)[][] = [
    ['user', 'record', 'sign-in'],
    ['user', 'sign-in', 'record'],
    ['record', 'user', 'sign-in'],
    ['record', 'sign-in', 'user'],
    ['sign-in', 'user', 'record'],
    ['sign-in', 'record', 'user'],
  ];

  describe.each(ORDERS)('%s, %s, %s', (...order) => {
    let self: string;
    beforeEach(async () => {
      await stage.setPolicy(ACME, { groupRoles: { Engineering: 'developer' } });
      for (const step of order) await STEPS[step]();
      self = (await signIn()).userId;
      await stage.ended();
    });
    const both = (reason: string) => [
      `member ${ACME}:${ADA}: ${reason}`,
      `member ${ACME}:${self}: ${reason}`,
    ];

    it('are one member, known as whom they sign in, with the roles of WorkOS and of their groups', async () => {
      expect(await members()).toEqual([
        expect.objectContaining({ id: self, directoryManaged: true, roles: ['developer', 'member'] }),
      ]);
      expect(self).not.toBe(ADA);
      expect(await stage.get(MembersService).find(ACME, ADA)).toMatchObject({ id: self });
      expect((await signIn()).directoryId).toBe('directory_acme');
    });

    it('are one holder of an emergency pass, while WorkOS lets them', async () => {
      await stage.rows(`insert into organizations (id, name, synced_at) values ('${ACME}', 'Acme', now())`);
      const wanted = { organization: ACME, email: 'ada@acme.com', reason: 'Okta is down', minutes: 5 };
      const issue = () => new PassIssuer(stage.database).issue(wanted);
      expect(await issue()).toMatchObject({ kind: 'issued', pass: { userId: self } });
      await stage.tell('organization_membership.updated', aMembership(4, { status: 'inactive' }), second(4));
      expect(await issue()).toMatchObject({ kind: 'refused', reason: 'account_deactivated' });
    });

    it('are out when their directory lets them go, as a record or as a whole', async () => {
      await stage.tell('dsync.user.updated', aDirectoryUser(4, { state: 'suspended' }), second(4));
      expect(await stage.ended()).toEqual([`member ${ACME}:${self}: directory_user_deactivated`]);
      await expect(signIn()).rejects.toMatchObject({ code: 'account_deactivated' });
      await stage.tell('dsync.user.updated', aDirectoryUser(5), second(5));
      await stage.tell('dsync.deleted', aDirectory(6), second(6));
      expect(await stage.ended()).toContain(`member ${ACME}:${self}: directory_deleted`);
    });

    it('are out when they leave a group that they need, and only then', async () => {
      await stage.setPolicy(ACME, { requiredGroups: ['Engineering'] });
      await signIn();
      await stage.tell('dsync.user.updated', aDirectoryUser(4), second(4));
      expect(await stage.ended()).toEqual([]);
      await stage.tell('dsync.group.user_removed', inGroup(), second(5));
      expect(await stage.ended()).toEqual([`member ${ACME}:${self}: group_removed`]);
      await expect(signIn()).rejects.toMatchObject({ code: 'group_required' });
    });

    it('are out, and stay out, while their membership is inactive', async () => {
      await stage.tell('organization_membership.updated', aMembership(4, { status: 'inactive' }), second(4));
      expect((await stage.ended()).toSorted()).toEqual(both('membership_ended').toSorted());
      expect(await members()).toMatchObject([{ id: self, status: 'deactivated' }]);
      await expect(signIn()).rejects.toMatchObject({ code: 'account_deactivated' });
      await stage.tell('organization_membership.updated', aMembership(5), second(5));
      expect((await signIn()).userId).toBe(self);
    });

    it('are out and no member any more when their membership is deleted', async () => {
      await stage.tell('organization_membership.deleted', aMembership(4), second(4));
      expect((await stage.ended()).toSorted()).toEqual(both('membership_ended').toSorted());
      expect(await members()).toEqual([]);
    });

    it('are out when WorkOS deletes the user', async () => {
      await stage.tell('user.deleted', aUser(4), second(4));
      expect((await stage.ended()).toSorted()).toEqual(
        [`member ${ACME}:${self}: user_deleted`, `user ${ADA}: user_deleted`].toSorted(),
      );
      expect(await members()).toEqual([]);
    });
  });

  it('is no stranger where WorkOS has them as a member already', async () => {
    await tellOfUser();
    expect(await signIn()).toMatchObject({ isExpected: true });
  });

  it('is who they are in one organization alone', async () => {
    await tellOfUser();
    await stage.verifyDomain(GLOBEX, 'acme.com');
    const elsewhere = { id: 'om_elsewhere', organization_id: GLOBEX };
    await stage.tell('organization_membership.created', aMembership(1, elsewhere), second(1));
    const { userId } = await signIn();
    expect(await stage.get(MembersService).find(GLOBEX, ADA)).toMatchObject({ id: ADA });
    expect(await stage.get(MembersService).find(GLOBEX, userId)).toBeNull();
  });

  describe("heard of before the domain was the organization's alone", () => {
    const domain = (organizationId: string, changes: object = {}) => ({
      id: `${organizationId} acme.com`,
      organization_id: organizationId,
      domain: 'acme.com',
      state: 'verified',
      created_at: second(1),
      updated_at: second(5),
      ...changes,
    });
    const aRival = (at: number) => ({
      id: GLOBEX,
      name: 'Globex',
      domains: [],
      created_at: second(0),
      updated_at: second(at),
    });
    const apart = async (rival?: string) => {
      if (rival === undefined) await stage.rows('delete from organization_domains returning 1');
      else await stage.verifyDomain(rival, 'acme.com');
      await tellOfUser();
      const { userId } = await signIn();
      await stage.ended();
      expect(await members()).toHaveLength(2);
      return userId;
    };

    it('is one from the moment at which it is verified', async () => {
      const main = await apart();
      await stage.tell('organization_domain.verified', domain(ACME), second(5));
      await stage.get(Latecomers).follow();
      expect((await members()).map(({ id }) => id)).toEqual([main]);
    });

    it.each([
      ['the domain of whoever claims it too', 'organization_domain.deleted', domain(GLOBEX)],
      ['the organization that claims it too', 'organization.deleted', aRival(5)],
    ] as const)('is one from the moment at which WorkOS deletes %s', async (_, event, data) => {
      const main = await apart(GLOBEX);
      await stage.tell(event, data, second(5));
      await stage.get(Latecomers).follow();
      expect((await members()).map(({ id }) => id)).toEqual([main]);
    });

    it('is one once a node has started', async () => {
      const main = await apart();
      await stage.verifyDomain(ACME, 'acme.com');
      const latecomers = stage.get(Latecomers);
      latecomers.onApplicationBootstrap();
      await until('they are one', async () => (await members()).length === 1);
      await latecomers.beforeApplicationShutdown();
      expect((await members()).map(({ id }) => id)).toEqual([main]);
    });

    it.each<[string, () => Promise<unknown>]>([
      ['has one of them', () => Promise.resolve()],
      ['missed both', () => stage.rows('update directory_users set user_id = null returning 1')],
    ])('is out by both accounts with a directory that %s', async (_, miss) => {
      const main = await apart();
      await tellOfRecord();
      await miss();
      await stage.verifyDomain(ACME, 'acme.com');
      await stage.tell('dsync.deleted', aDirectory(9), second(9));
      const both = [`member ${ACME}:${ADA}: directory_deleted`, `member ${ACME}:${main}: directory_deleted`];
      expect(await stage.ended()).toEqual(expect.arrayContaining(both));
      const lost = 'select from memberships where without_directory_since is not null';
      expect(await stage.rows(lost)).toHaveLength(2);
    });

    it.each([
      ['their membership', 'organization_membership.deleted', aMembership(9)],
      ['the user', 'user.deleted', aUser(9)],
    ] as const)('is out by both accounts when WorkOS deletes %s', async (_, event, data) => {
      const main = await apart();
      await stage.verifyDomain(ACME, 'acme.com');
      await stage.tell(event, data, second(9));
      expect(await stage.ended()).toContainEqual(expect.stringContaining(`member ${ACME}:${main}: `));
      expect(await members()).toEqual([]);
    });
  });

  it('is two accounts where the address is on no verified domain', async () => {
    const email = 'pat@partner.example';
    await tellOfUser({ email });
    const { userId } = await signIn({ email });
    expect((await members()).map(({ id }) => id).toSorted()).toEqual([ADA, userId].toSorted());
  });

  it('is not whoever comes later with the same address', async () => {
    await tellOfUser();
    const { userId } = await signIn();
    const account = {
      kind: 'profile',
      connectionId: 'conn_acme',
      idpId: 'idp-2',
      profileId: 'prof_2',
    } as const;
    const later = await signIn({ account });
    expect(await stage.get(MembersService).find(ACME, ADA)).toMatchObject({ id: userId });
    expect((await members()).map(({ id }) => id).toSorted()).toEqual([later.userId, userId].toSorted());
  });
});

describe('one person, with AuthKit', () => {
  let stage: EventStage;
  beforeAll(async () => {
    stage = await EventStage.open('authkit');
    await stage.verifyDomain(ACME, 'acme.com');
  }, 20_000);
  afterAll(() => stage.close());

  it('is known by the account of WorkOS, which takes over what an earlier way in had', async () => {
    await stage.tell('dsync.user.created', aDirectoryUser(1), second(1));
    await stage.signIn(PROFILE, ACME);
    await stage.tell('user.created', aUser(1), second(1));
    await stage.tell('organization_membership.created', aMembership(1), second(1));
    const { data } = await stage.get(MembersService).list(ACME, 20, undefined);
    expect(data).toMatchObject([{ id: ADA, directoryManaged: true }]);
  });
});
