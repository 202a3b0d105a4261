import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Browser } from './support/browser.js';
import { call, userTokens } from './support/credentials.js';
import { ACME, GLOBEX, Stack } from './support/stack.js';
import { until } from './support/until.js';

const THROUGH_ACME = `/auth/login?connection=${ACME.connection}`;

describe('an organization that takes nobody just because they come, where WorkOS makes members of all who do', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await Stack.startHearing('authkit');
  });
  beforeEach(async () => {
    await stack.query('delete from organization_policies');
    await close(ACME.organization);
  });
  afterAll(() => stack.stop());

  const close = (organizationId: string) =>
    stack.query(`insert into organization_policies values ($1, '{"justInTime":false}', now())`, [
      organizationId,
    ]);
  const followed = async () => {
    await stack.control('/webhooks/flush');
    await until('every event is followed', async () => {
      const [row] = await stack.query<{ open: number }>(
        "select count(*)::int as open from workos_events where state = 'pending'",
      );
      return row?.open === 0;
    });
  };
  const signIn = async (email: string) => {
    const { url } = await stack.signIn(new Browser(), email, THROUGH_ACME);
    await followed();
    return new URL(url).searchParams.get('error');
  };
  const add = async (email: string) => {
    const { id } = await stack.control('/users', { email });
    return stack.control('/memberships', { user_id: id, organization_id: ACME.organization });
  };

  it('refuses a stranger, however often they come', async () => {
    const refusals = [
      await signIn('eve@acme.com'),
      await signIn('eve@acme.com'),
      await signIn('eve@acme.com'),
    ];
    expect(refusals).toEqual(['not_provisioned', 'not_provisioned', 'not_provisioned']);
    const isMember = stack.sandbox.state.users.some(({ email }) => email === 'eve@acme.com');
    expect(isMember).toBe(true);
  });

  it('refuses a stranger who did not come back from the first sign-in', async () => {
    await stack.callbackOf(new Browser(), 'mallory@acme.com', THROUGH_ACME);
    await followed();
    expect(await signIn('mallory@acme.com')).toBe('not_provisioned');
  });

  it('believes no token of a stranger, from whatever application', async () => {
    const { accessToken } = await userTokens(stack, 'trudy@acme.com');
    await followed();
    expect((await call(stack, accessToken)).status).toBe(401);
    await stack.query('delete from organization_policies');
    const { accessToken: later } = await userTokens(stack, 'trudy@acme.com');
    expect((await call(stack, later)).status).toBe(200);
  });

  it('lets in whom an administrator made a member', async () => {
    await add('bob@acme.com');
    expect([await signIn('bob@acme.com'), await signIn('bob@acme.com')]).toEqual([null, null]);
  });

  it('lets in whoever was here before, and not again once they were removed', async () => {
    await stack.query('delete from organization_policies');
    expect(await signIn('carol@acme.com')).toBeNull();
    await close(ACME.organization);
    expect(await signIn('carol@acme.com')).toBeNull();
    const { users, memberships } = stack.sandbox.state;
    const carol = users.find(({ email }) => email === 'carol@acme.com');
    const membership = memberships.find(({ userId }) => userId === carol?.id);
    await stack.control(`/memberships/${membership?.id}/delete`);
    await followed();
    expect(await signIn('carol@acme.com')).toBe('not_provisioned');
  });

  it('is not reached from another organization either', async () => {
    await close(GLOBEX.organization);
    const { state } = stack.sandbox;
    const id = state.users.find(({ email }) => email === 'sam@acme.com')?.id ?? '';
    const membership = state.membership(id, GLOBEX.organization);
    if (!membership) throw new Error('The seed has no Sam at Globex.');
    await stack.query('delete from organization_policies where organization_id = $1', [ACME.organization]);
    const sam = await stack.signedIn('sam@acme.com', THROUGH_ACME);
    const move = async () => {
      const init = { method: 'POST', json: { organizationId: GLOBEX.organization } };
      const { status, body } = await stack.api(sam, '/v1/session/organization', init);
      return [status, body?.code];
    };
    const known = membership.createdAt;
    membership.createdAt = new Date();
    state.record(
      'session.created',
      { id: 'session_1', user_id: id, organization_id: GLOBEX.organization },
      null,
    );
    expect(await move()).toEqual([403, 'not_a_member']);
    membership.createdAt = new Date(known.getTime() - 3_600_000);
    expect(await move()).toEqual([200, undefined]);
  });
});
