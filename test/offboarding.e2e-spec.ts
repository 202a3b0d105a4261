import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Browser } from './support/browser.js';
import { ACME, Stack } from './support/stack.js';
import { until } from './support/until.js';

/** How long a person may go on anywhere after their directory has let them go, in milliseconds. */
const AT_ONCE = 5000;

describe('a person whose directory lets them go', () => {
  let stack: Stack;
  let nodes: Stack[];
  let grace: Browser;
  beforeAll(async () => {
    stack = await Stack.startHearing('sso');
    nodes = [stack, await stack.addNode(), await stack.addNode()];
    grace = await stack.signedIn('grace@globex.com');
  });
  afterAll(async () => {
    for (const node of nodes.slice(1)) await node.stop();
    await stack.stop();
  });

  const statuses = (browser: Browser) =>
    Promise.all(nodes.map(async (node) => (await node.api(browser, '/v1/me')).status));
  const recordOf = (email: string) => {
    const record = stack.sandbox.state.directoryUsers.find((user) => user.email === email);
    if (!record) throw new Error(`the seed has ${email} in no directory`);
    return record;
  };
  const groupNamed = (name: string) => {
    const group = stack.sandbox.state.directoryGroups.find((candidate) => candidate.name === name);
    if (!group) throw new Error(`the seed has no group ${name}`);
    return group;
  };
  /** Says at the directory what happened; WorkOS's webhook does the rest. */
  const atDirectory = (path: string, body: object = {}) => stack.control(`/directories${path}`, body);
  const signIn = async (email: string) => {
    const browser = new Browser();
    const visit = await stack.signIn(browser, email);
    return { browser, url: visit.url, token: browser.cookie(stack.url, 'session') };
  };
  const stateOf = async (recordId: string) => {
    const rows = await stack.query<{ state: string }>('select state from directory_users where id = $1', [
      recordId,
    ]);
    return rows[0]?.state;
  };
  /** Tells of an event that no change made. */
  const tell = (event: string, data: object) =>
    stack.control('/events', { event, data, organization_id: ACME.organization });
  const settled = () => stack.control('/webhooks/flush');
  /** Everything that was told has been followed. */
  const followed = async () => {
    await settled();
    await until('every event is followed', async () => {
      const [row] = await stack.query<{ open: number }>(
        "select count(*)::int as open from workos_events where state = 'pending'",
      );
      return row?.open === 0;
    });
  };

  it('is out on every node, also where they are just signing in, and nobody else is', async () => {
    const ada = recordOf('ada@acme.com');
    const { browser } = await signIn('ada@acme.com');
    const alan = await stack.signedIn('alan@acme.com');
    expect(await statuses(browser)).toEqual([200, 200, 200]);
    const underWay = new Browser();
    const callback = await stack.callbackOf(underWay, 'ada@acme.com');

    await atDirectory(`/users/${ada.id}/suspend`, { as: 'inactive' });
    await until(
      'Ada is out everywhere',
      async () => (await statuses(browser)).every((status) => status === 401),
      AT_ONCE,
    );

    const late = await underWay.open(callback.replace(stack.url, nodes[2]?.url ?? ''), { follow: false });
    expect(late.headers.get('location')).toMatch(/\/sign-in\?error=(?:account_deactivated|session_revoked)/);
    expect(underWay.cookie(stack.url, 'session')).toBeUndefined();
    const again = await signIn('ada@acme.com');
    expect([again.token, again.url]).toEqual([
      undefined,
      expect.stringContaining('error=account_deactivated'),
    ]);
    expect(await statuses(alan)).toEqual([200, 200, 200]);
    expect(await statuses(grace)).toEqual([200, 200, 200]);
    const [ended] = await stack.query<{ reason: string; organization_id: string }>(
      "select reason, organization_id from audit_events where action = 'sessions.ended' order by id desc limit 1",
    );
    expect(ended).toEqual({ reason: 'directory_user_deactivated', organization_id: ACME.organization });
  });

  it('is not let in by a late word that they are active, but by a newer one', async () => {
    const ada = recordOf('ada@acme.com');
    const told = stack.sandbox.state.events.findLast(({ event }) => event === 'dsync.user.updated');
    const late = {
      ...told?.data,
      state: 'active',
      updated_at: new Date(Date.now() - 3_600_000).toISOString(),
    };
    await tell('dsync.user.updated', late);
    await followed();
    expect(await stateOf(ada.id)).toBe('inactive');
    expect((await signIn('ada@acme.com')).url).toContain('error=account_deactivated');

    await atDirectory(`/users/${ada.id}/reactivate`);
    await followed();
    const { browser } = await signIn('ada@acme.com');
    expect(await statuses(browser)).toEqual([200, 200, 200]);
  });

  it('has the roles of their groups, as long as they are in them, also while they are signed in', async () => {
    const alan = recordOf('alan@acme.com');
    const group = groupNamed('Finance');
    await stack.query(
      `insert into organization_policies (organization_id, policy, updated_at) values ($1, $2, now())`,
      [ACME.organization, JSON.stringify({ groupRoles: { Finance: 'accountant' } })],
    );
    const member = stack.sandbox.state.directoryGroups.length > 0 && alan.groupIds.includes(group.id);
    if (member) await atDirectory(`/users/${alan.id}/groups/${group.id}/remove`);
    await atDirectory(`/users/${alan.id}`, { first_name: 'Alan M.' });
    await atDirectory(`/groups/${group.id}`, { name: 'Finance department' });
    await atDirectory(`/groups/${group.id}`, { name: 'Finance' });
    await followed();
    const browser = await stack.signedIn('alan@acme.com');
    const roles = async () =>
      ((await nodes[1]?.api(browser, '/v1/me'))?.body as unknown as { roles: string[] } | null)?.roles ?? [];
    expect(await roles()).not.toContain('accountant');

    await atDirectory(`/users/${alan.id}/groups/${group.id}/add`);
    await until('the role is there', async () => (await roles()).includes('accountant'), AT_ONCE);
    await atDirectory(`/users/${alan.id}/groups/${group.id}/remove`);
    await until('the role is gone', async () => !(await roles()).includes('accountant'), AT_ONCE);
    expect(await statuses(browser)).toEqual([200, 200, 200]);
  });

  it('is out where their group gates access, and refused until they are in it again', async () => {
    const alan = recordOf('alan@acme.com');
    const group = groupNamed('Finance');
    await atDirectory(`/users/${alan.id}/groups/${group.id}/add`);
    await followed();
    await stack.query('update organization_policies set policy = $2 where organization_id = $1', [
      ACME.organization,
      JSON.stringify({ requiredGroups: ['Finance'] }),
    ]);
    const browser = await stack.signedIn('alan@acme.com');
    await atDirectory(`/users/${alan.id}/groups/${group.id}/remove`);
    await until(
      'Alan is out everywhere',
      async () => (await statuses(browser)).every((status) => status === 401),
      AT_ONCE,
    );
    expect((await signIn('alan@acme.com')).url).toContain('error=group_required');
    await stack.query('delete from organization_policies');
  });

  it('is out with everybody else when the directory is deleted, which then says nothing of them any more', async () => {
    const browser = await stack.signedIn('ada@acme.com');
    expect(await statuses(browser)).toEqual([200, 200, 200]);
    const { directoryId } = recordOf('ada@acme.com');
    await atDirectory(`/${directoryId}/delete`);
    await until(
      'Ada is out everywhere',
      async () => (await statuses(browser)).every((status) => status === 401),
      AT_ONCE,
    );
    expect(await statuses(await stack.signedIn('ada@acme.com'))).toEqual([200, 200, 200]);
    expect(await statuses(grace)).toEqual([200, 200, 200]);
  });
});
