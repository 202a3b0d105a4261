import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { DirectoryAdmission } from '../src/sync/directory-admission.service.js';
import { UsersService } from '../src/users/users.service.js';
import { ACME, ADA, adasAccount, aMembership, aUser, second } from './support/event-payloads.js';
import { EventStage } from './support/event-stage.js';

const ORIGIN = { ip: null, userAgent: null, requestId: 'race' };

describe('a first sign-in at the very moment when WorkOS tells of the person', () => {
  let stage: EventStage;
  beforeAll(async () => {
    stage = await EventStage.open();
  });
  afterEach(() => stage.clear());
  afterAll(() => stage.close());

  const signIn = (then: () => Promise<void> = async () => undefined) =>
    stage.get(UsersService).provision(adasAccount, ORIGIN, async (trx, userId, isNewMember) => {
      await stage.get(DirectoryAdmission).admit(trx, ACME, userId);
      await then();
      return isNewMember;
    });

  /** The event is being carried over when the person comes, and committed while they wait. */
  const comingAfter = async (name: 'user.created' | 'organization_membership.created', data: object) => {
    let waiting: Promise<unknown> = Promise.resolve();
    await stage.tell(name, data, second(1), async () => {
      waiting = signIn().catch((error: unknown) => error);
      await stage.lockAwaited();
    });
    return waiting;
  };

  it('lets them in where the account is written first', async () => {
    expect(await comingAfter('user.created', aUser(1))).toMatchObject({ user: { id: ADA }, settled: true });
    expect(await stage.rows('select email from users')).toEqual([{ email: 'ada@acme.com' }]);
  });

  it('takes nobody for known by a membership that is written first: their own sign-in may have made it', async () => {
    expect(await comingAfter('organization_membership.created', aMembership(1))).toMatchObject({
      user: { id: ADA },
      settled: true,
    });
  });

  it.each([
    ['user.created', aUser(1)],
    ['organization_membership.created', aMembership(1)],
  ] as const)('lets %s wait for them where they are first', async (name, data) => {
    let told: Promise<void> | undefined;
    const entered = await signIn(async () => {
      told = stage.tell(name, data, second(1));
      await stage.lockAwaited();
    });
    await told;
    expect(entered).toMatchObject({ user: { id: ADA }, settled: true });
    expect(await stage.rows('select user_id from memberships')).toEqual([{ user_id: ADA }]);
  });
});
