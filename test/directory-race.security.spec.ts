import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { MirrorTransaction } from '../src/mirror/tombstones.js';
import { DirectoryAdmission } from '../src/sync/directory-admission.service.js';
import { UsersService } from '../src/users/users.service.js';
import {
  ACME,
  ADA,
  adasAccount,
  aDirectoryUser,
  aMembership,
  aUser,
  second,
} from './support/event-payloads.js';
import { EventStage } from './support/event-stage.js';

const ORIGIN = { ip: null, userAgent: null, requestId: 'race' };
const ended = [`member ${ACME}:${ADA}: directory_user_deactivated`];

describe('a first sign-in at the very moment of a suspension', () => {
  let stage: EventStage;
  beforeAll(async () => {
    stage = await EventStage.open();
  });
  beforeEach(() => stage.verifyDomain(ACME, 'acme.com'));
  afterEach(() => stage.clear());
  afterAll(() => stage.close());

  const signIn = (then: () => Promise<void> = async () => undefined) =>
    stage.get(UsersService).provision(adasAccount, ORIGIN, async (trx: MirrorTransaction, userId) => {
      const standing = await stage.get(DirectoryAdmission).admit(trx, ACME, userId);
      await then();
      return standing;
    });
  const suspend = (name: 'dsync.user.created' | 'dsync.user.updated' = 'dsync.user.updated') =>
    stage.tell(name, aDirectoryUser(5, { state: 'suspended' }), second(5));

  it.each(['dsync.user.created', 'dsync.user.updated'] as const)(
    'lets %s wait for the sign-in, and then end it',
    async (name) => {
      if (name === 'dsync.user.updated') await stage.tell('dsync.user.created', aDirectoryUser(1), second(1));
      let suspension: Promise<void> | undefined;
      await signIn(async () => {
        suspension = suspend(name);
        await stage.lockAwaited();
      });
      await suspension;
      expect(await stage.ended()).toEqual(ended);
    },
  );

  it('refuses the sign-in that waited for the suspension, and keeps nothing of it', async () => {
    let waiting: Promise<unknown> | undefined;
    await stage.holding(`person ${ACME} email ada@acme.com`, async () => {
      waiting = signIn().catch((error: unknown) => error);
      await stage.lockAwaited();
      await stage.rows(`insert into directory_users (id, directory_id, organization_id, idp_id, email, state, version)
        values ('directory_user_ada', 'directory_acme', '${ACME}', 'idp-ada', 'ada@acme.com', 'inactive', '')`);
    });
    expect(await waiting).toMatchObject({ code: 'account_deactivated' });
    expect(await stage.rows('select id from users union all select user_id from memberships')).toEqual([]);
  });

  it('refuses a user whom WorkOS has deleted', async () => {
    await stage.tell('user.deleted', aUser(3), second(3));
    await expect(signIn()).rejects.toMatchObject({ code: 'account_deactivated' });
    expect(await stage.rows('select user_id from memberships')).toEqual([]);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['a sign-in', () => signIn()],
    [
      'an event of their membership',
      () => stage.tell('organization_membership.updated', aMembership(5), second(5)),
    ],
  ])('lets %s wait without anything that whoever is at the person needs', async (_what, come) => {
    await stage.tell('user.created', aUser(1), second(1));
    await stage.tell('organization_membership.created', aMembership(1), second(1));
    let waiting: Promise<unknown> | undefined;
    await stage.holding(`person ${ACME} email ada@acme.com`, async () => {
      waiting = come();
      await stage.lockAwaited();
      expect(await stage.rows('select from memberships for update nowait')).toHaveLength(1);
    });
    await waiting;
  });
});
