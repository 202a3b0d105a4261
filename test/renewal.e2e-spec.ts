import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { IdentityProvider } from '../src/identity/identity-provider.port.js';
import { Browser } from './support/browser.js';
import { versionOf } from './support/session-rows.js';
import { ACME, GLOBEX, Stack } from './support/stack.js';
import { until } from './support/until.js';

const EXCHANGE = '/user_management/authenticate';

/** Each test signs in anew and then lets time pass, on the service's side and at WorkOS. */
describe('an AuthKit session whose access token runs out', () => {
  let stack: Stack;
  let second: Stack;
  let now = 0;
  beforeAll(async () => {
    stack = await Stack.start('authkit', {
      SESSION_IDLE_TIMEOUT: '86400',
      SESSION_ABSOLUTE_TIMEOUT: '2000000',
    });
    second = await stack.addNode();
  });
  afterAll(async () => {
    await second.stop();
    await stack.stop();
  });

  async function pass(seconds: number): Promise<void> {
    now += seconds;
    stack.moveClock(now);
    second.moveClock(now);
    await stack.control('/clock', { advance: seconds });
  }

  it('is renewed ahead of time behind a request that does not wait', async () => {
    const ada = await stack.signedIn('ada@acme.com');
    const before = await stack.upstreamCalls(EXCHANGE);
    await pass(250);
    const provider = stack.app.get(IdentityProvider, { strict: false });
    const renew = provider.renew.bind(provider);
    const answered = Promise.withResolvers<void>();
    jest.spyOn(provider, 'renew').mockImplementationOnce(async (...words) => {
      await answered.promise;
      return renew(...words);
    });
    expect((await stack.api(ada, '/v1/me')).status).toBe(200);
    expect(await versionOf(stack, 'ada@acme.com')).toBe(1);
    answered.resolve();
    await until('it is renewed', async () => (await versionOf(stack, 'ada@acme.com')) === 2);
    expect(await stack.upstreamCalls(EXCHANGE)).toBe(before + 1);
  });

  it('costs one exchange however many requests come at once, on two nodes', async () => {
    const ada = await stack.signedIn('ada@acme.com');
    expect((await second.api(ada, '/v1/me')).status).toBe(200);
    await pass(301);
    const before = await stack.upstreamCalls(EXCHANGE);
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) => (index % 2 ? stack : second).api(ada, '/v1/me')),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await stack.upstreamCalls(EXCHANGE)).toBe(before + 1);
  });

  it('follows the roles and the name that come with the fresh token', async () => {
    const alan = await stack.signedIn('alan@acme.com');
    expect((await stack.api(alan, '/v1/me')).body).toMatchObject({ roles: ['member'] });
    const membership = stack.sandbox.state.memberships.find(({ userId, organizationId }) => {
      return (
        organizationId === ACME.organization &&
        stack.sandbox.state.users.some(({ id, email }) => id === userId && email === 'alan@acme.com')
      );
    });
    if (!membership) throw new Error('The seed has no Alan at Acme.');
    membership.role = 'admin';
    await pass(301);
    expect((await stack.api(alan, '/v1/me')).body).toMatchObject({ roles: ['admin'] });
    expect((await second.api(alan, '/v1/me')).body).toMatchObject({ roles: ['admin'] });
    membership.role = 'member';
  });

  it.each([
    ['500', { type: 'status', status: 500, times: 2 }],
    ['429', { type: 'rate_limit', retry_after: 1, times: 2 }],
    ['a page of HTML', { type: 'html', times: 2 }],
    ['a refused API key', { type: 'status', status: 401, body: { message: 'Unauthorized' } }],
  ])('stays when WorkOS answers %s, and is renewed when it is back', async (_name, fault) => {
    const ada = await stack.signedIn('ada@acme.com');
    await pass(301);
    await stack.control('/faults', { path: EXCHANGE, ...fault });
    expect((await stack.api(ada, '/v1/me')).status).toBe(200);
    await stack.control('/faults/clear');
    await pass(6);
    const before = await stack.upstreamCalls(EXCHANGE);
    expect((await stack.api(ada, '/v1/me')).status).toBe(200);
    expect(await stack.upstreamCalls(EXCHANGE)).toBe(before + 1);
  });

  it('answers 503 when WorkOS has been silent for longer than the grace, and goes on when it is back', async () => {
    const ada = await stack.signedIn('ada@acme.com');
    await pass(301 + 900);
    await stack.control('/faults', { type: 'status', status: 500, path: EXCHANGE, times: 4 });
    const refused = await stack.api(ada, '/v1/me');
    expect([refused.status, refused.body?.code]).toEqual([503, 'upstream_unavailable']);
    expect(refused.headers.get('set-cookie')).toBeNull();
    await stack.control('/faults/clear');
    expect((await stack.api(ada, '/v1/me')).status).toBe(200);
  });

  it('ends where WorkOS refuses the token for good, on both nodes, and the reason is on record', async () => {
    const ada = await stack.signedIn('ada@acme.com');
    expect((await second.api(ada, '/v1/me')).status).toBe(200);
    await stack.control('/faults', {
      type: 'status',
      status: 400,
      path: EXCHANGE,
      body: { error: 'invalid_grant', error_description: 'spent' },
    });
    await pass(301);
    expect((await stack.api(ada, '/v1/me')).status).toBe(401);
    expect((await second.api(ada, '/v1/me')).status).toBe(401);
    const [record] = await stack.query<{ reason: string; details: unknown }>(
      `select reason, details from audit_events where action = 'session.ended' order by id desc limit 1`,
    );
    expect(record).toEqual({ reason: 'refused_by_workos', details: { reason: 'invalid_grant' } });
  });

  it('moves to another organization of the person under a new token, and the old one is dead everywhere', async () => {
    const sam = await stack.signedIn('sam@acme.com');
    const old = new Browser();
    old.setCookie(stack.url, 'session', sam.cookie(stack.url, 'session') ?? '');
    expect((await second.api(old, '/v1/me')).body).toMatchObject({ organization: { id: ACME.organization } });
    const switched = await stack.api(sam, '/v1/session/organization', {
      method: 'POST',
      json: { organizationId: GLOBEX.organization },
    });
    expect(switched.status).toBe(200);
    expect(switched.body).toMatchObject({
      organization: { id: GLOBEX.organization, name: 'Globex' },
      roles: ['member'],
    });
    const [cookie = ''] = switched.headers.getSetCookie();
    sam.setCookie(stack.url, 'session', /session=([^;]+)/.exec(cookie)?.[1] ?? '');
    expect((await second.api(sam, '/v1/me')).body).toMatchObject({
      organization: { id: GLOBEX.organization },
    });
    expect((await stack.api(old, '/v1/me')).status).toBe(401);
    expect((await second.api(old, '/v1/me')).status).toBe(401);
  });

  it('moves as often as it is asked to at once, one after the other', async () => {
    const sam = await stack.signedIn('sam@acme.com');
    const answers = await Promise.all(
      [GLOBEX, ACME, GLOBEX, ACME, GLOBEX].map(({ organization: organizationId }, index) =>
        (index % 2 ? stack : second).api(sam, '/v1/session/organization', {
          method: 'POST',
          json: { organizationId },
        }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    const alive = await Promise.all(
      answers.map(async ({ headers }) => {
        const browser = new Browser();
        const [cookie = ''] = headers.getSetCookie();
        browser.setCookie(stack.url, 'session', /session=([^;]+)/.exec(cookie)?.[1] ?? '');
        return (await stack.api(browser, '/v1/me')).status;
      }),
    );
    expect(alive.filter((status) => status === 200)).toHaveLength(1);
  });

  it('does not move to an organization whose directory has let the person go', async () => {
    const sam = await stack.signedIn('sam@acme.com');
    await inDirectory(stack, 'sam@acme.com', GLOBEX.organization, 'inactive');
    const refused = await stack.api(sam, '/v1/session/organization', {
      method: 'POST',
      json: { organizationId: GLOBEX.organization },
    });
    expect([refused.status, refused.body?.code]).toEqual([403, 'account_deactivated']);
    expect((await stack.api(sam, '/v1/me')).body).toMatchObject({ organization: { id: ACME.organization } });
  });

  it('keeps, when it is renewed, the role that a group of the directory gives', async () => {
    await inDirectory(stack, 'alan@acme.com', ACME.organization, 'active');
    const alan = await stack.signedIn('alan@acme.com');
    expect((await stack.api(alan, '/v1/me')).body).toMatchObject({ roles: ['admin', 'member'] });
    await pass(301);
    const { body } = await second.api(alan, '/v1/me');
    expect(body).toMatchObject({ roles: ['admin', 'member'] });
    expect(body?.['permissions']).toContain('invoices:write');
  });

  it('does not move to an organization that the person does not belong to', async () => {
    const ada = await stack.signedIn('ada@acme.com');
    const refused = await stack.api(ada, '/v1/session/organization', {
      method: 'POST',
      json: { organizationId: GLOBEX.organization },
    });
    expect([refused.status, refused.body?.code]).toEqual([403, 'not_a_member']);
    expect((await stack.api(ada, '/v1/me')).body).toMatchObject({ organization: { id: ACME.organization } });
  });
});

/** The person is in a directory of the organization, in a group whose members are administrators there. */
async function inDirectory(
  stack: Stack,
  email: string,
  organizationId: string,
  state: 'active' | 'inactive',
): Promise<void> {
  const policy = JSON.stringify({ groupRoles: { Operators: 'admin' } });
  const ids = [`directory_user_${email}`, `directory_group_${email}`];
  await stack.query(
    `insert into directory_users (id, directory_id, organization_id, idp_id, state, user_id, version)
      select $1, 'directory_1', $2, 'idp', $3, id, '' from users where email = $4 limit 1`,
    [ids[0], organizationId, state, email],
  );
  await stack.query(
    `insert into directory_groups (id, directory_id, organization_id, name, version) values ($1, 'directory_1', $2, 'Operators', '')`,
    [ids[1], organizationId],
  );
  await stack.query(`insert into directory_group_members values ($2, $1, true, '')`, ids);
  await stack.query(`insert into organization_policies values ($1, $2, now())`, [organizationId, policy]);
}
