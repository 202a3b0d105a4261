import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import type { Browser } from './support/browser.js';
import { call, newApiKey, signed, userTokens } from './support/credentials.js';
import { ACME, GLOBEX, Stack } from './support/stack.js';
import { until } from './support/until.js';

/** How long a person may go on anywhere after their end, in milliseconds. */
const AT_ONCE = 5000;

describe('a person with a cookie of their company and an access token of AuthKit', () => {
  let stack: Stack;
  let nodes: Stack[];
  beforeAll(async () => {
    stack = await Stack.startHearing('sso', { GUESTS: 'allow' });
    nodes = [stack, await stack.addNode()];
  }, 40_000);
  afterAll(async () => {
    await nodes[1]?.stop();
    await stack.stop();
  });

  const tokenOf = async (email: string) => (await userTokens(stack, email)).accessToken;
  const byCookie = (browser: Browser) =>
    Promise.all(nodes.map(async (node) => (await node.api(browser, '/v1/me')).status));
  const byToken = (token: string) => Promise.all(nodes.map(async (node) => (await call(node, token)).status));
  const bothWays = async (email: string) => {
    const browser = await stack.signedIn(email);
    let token = '';
    // Tokens tell time in seconds: one of the same second as a revocation may be from before it.
    await until('a new token is believed', async () => {
      token = await tokenOf(email);
      return (await byToken(token))[0] === 200;
    });
    expect([await byCookie(browser), await byToken(token)]).toEqual([
      [200, 200],
      [200, 200],
    ]);
    return { browser, token };
  };
  const areOut = ({ browser, token }: { browser: Browser; token: string }) =>
    until(
      'both are refused on every node',
      async () => [...(await byCookie(browser)), ...(await byToken(token))].every((status) => status === 401),
      AT_ONCE,
    );
  const who = (body: unknown) => body as { user: { id: string }; roles: string[]; permissions: string[] };
  const membersAs = async (administrator: Browser) => {
    const { body } = await stack.api(administrator, '/v1/organization/members?limit=100');
    return (body as unknown as { data: { id: string; email: string }[] }).data;
  };
  const atWorkos = async (method: string, path: string, body?: object) => {
    const headers = { authorization: `Bearer ${stack.sandbox.apiKey}`, 'content-type': 'application/json' };
    const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
    const response = await fetch(`${stack.sandbox.url}/user_management${path}`, init);
    if (!response.ok) throw new Error(`the sandbox refused ${path}: ${await response.text()}`);
  };
  const membershipOf = (email: string) => {
    const user = stack.sandbox.state.users.find((candidate) => candidate.email === email);
    const own = stack.sandbox.state.memberships.filter(({ userId }) => userId === user?.id);
    return own.find(({ organizationId }) => organizationId === ACME.organization)?.id ?? '';
  };

  it('is one: the same id, the same roles, one row among the members', async () => {
    const { browser, token } = await bothWays('alan@acme.com');
    const cookie = who((await stack.api(browser, '/v1/me')).body);
    const bearer = who((await call(stack, token)).body);
    expect(bearer).toMatchObject({
      user: cookie.user,
      roles: cookie.roles,
      permissions: cookie.permissions,
    });
    const ada = await stack.signedIn('ada@acme.com');
    await tokenOf('ada@acme.com').then((own) => byToken(own));
    const members = await membersAs(ada);
    expect(members.map(({ email }) => email).toSorted()).toEqual(['ada@acme.com', 'alan@acme.com']);
    expect(members.find(({ email }) => email === 'alan@acme.com')?.id).toBe(cookie.user.id);
  });

  it('is one at once, also where the token came before the cookie', async () => {
    const token = await tokenOf('sam@acme.com');
    expect(who((await call(stack, token)).body).user.id).toBe(decodeJwt(token).sub);
    const browser = await stack.signedIn('sam@acme.com');
    const { user } = who((await stack.api(browser, '/v1/me')).body);
    await until(
      'the token speaks for the same person on every node',
      async () =>
        (await Promise.all(nodes.map(async (node) => who((await call(node, token)).body).user.id))).every(
          (id) => id === user.id,
        ),
      AT_ONCE,
    );
  });

  it.each(['the id that they sign in by', 'the id that WorkOS has for them'])(
    'is out by both when an administrator signs out %s',
    async (which) => {
      const ada = await stack.signedIn('ada@acme.com');
      const alan = await bothWays('alan@acme.com');
      const { user } = who((await stack.api(alan.browser, '/v1/me')).body);
      const id = which === 'the id that they sign in by' ? user.id : decodeJwt(alan.token).sub;
      const path = `/v1/organization/members/${id}/sessions`;
      expect((await stack.api(ada, path, { method: 'DELETE' })).status).toBe(204);
      await areOut(alan);
      expect(await byCookie(ada)).toEqual([200, 200]);
    },
  );

  it('is out by a token that comes for the first time after they were signed out', async () => {
    const ada = await stack.signedIn('ada@acme.com');
    const browser = await stack.signedIn('alan@acme.com');
    const token = await tokenOf('alan@acme.com');
    const { user } = who((await stack.api(browser, '/v1/me')).body);
    await stack.query('update memberships set same_as = null where same_as = $1', [user.id]);
    const path = `/v1/organization/members/${user.id}/sessions`;
    expect((await stack.api(ada, path, { method: 'DELETE' })).status).toBe(204);
    await stack.query('delete from memberships where user_id = $1', [decodeJwt(token).sub]);
    await areOut({ browser, token });
  });

  it('signs out everywhere by both, but keeps the session that asks', async () => {
    const { browser, token } = await bothWays('alan@acme.com');
    expect((await stack.api(browser, '/v1/sessions', { method: 'DELETE' })).status).toBe(204);
    await until(
      'the token is refused on every node',
      async () => (await byToken(token)).every((status) => status === 401),
      AT_ONCE,
    );
    expect(await byCookie(browser)).toEqual([200, 200]);
  });

  it('signs out everywhere by the token, which goes on', async () => {
    const { browser, token } = await bothWays('alan@acme.com');
    const other = await tokenOf('alan@acme.com');
    expect((await call(stack, token, '/v1/sessions', { method: 'DELETE' })).status).toBe(204);
    await areOut({ browser, token: other });
    expect(await byToken(token)).toEqual([200, 200]);
  });

  it('is out by both, their own key too, when their directory lets them go', async () => {
    const alan = await bothWays('alan@acme.com');
    const userId = String(decodeJwt(alan.token).sub);
    const key = await newApiKey(stack, { userId, permissions: ['invoices:read'] });
    expect(await byToken(key.value)).toEqual([200, 200]);
    const record = stack.sandbox.state.directoryUsers.find(({ email }) => email === 'alan@acme.com');
    await stack.control(`/directories/users/${record?.id ?? ''}/suspend`, { as: 'inactive' });
    await Promise.all([areOut(alan), areOut({ ...alan, token: key.value })]);
    await stack.control(`/directories/users/${record?.id ?? ''}/reactivate`);
    await stack.control('/webhooks/flush');
    await until('the directory has them again', async () => {
      const [row] = await stack.query('select state from directory_users where id = $1', [record?.id]);
      return row?.['state'] === 'active';
    });
  });

  it('may do at once what WorkOS says of their membership, by both', async () => {
    const alan = await bothWays('alan@acme.com');
    const roles = async () => [
      who((await stack.api(alan.browser, '/v1/me')).body).roles,
      who((await stack.api(await stack.signedIn('alan@acme.com'), '/v1/me')).body).roles,
    ];
    await atWorkos('PUT', `/organization_memberships/${membershipOf('alan@acme.com')}`, {
      role_slug: 'admin',
    });
    await until(
      'he is an administrator',
      async () => (await roles()).flat().join() === 'admin,admin',
      AT_ONCE,
    );
    await atWorkos('PUT', `/organization_memberships/${membershipOf('alan@acme.com')}`, {
      role_slug: 'member',
    });
    await until('he is none', async () => (await roles()).flat().join() === 'member,member', AT_ONCE);
  });

  it('is out by both while their membership is inactive', async () => {
    const alan = await bothWays('alan@acme.com');
    const at = `/organization_memberships/${membershipOf('alan@acme.com')}`;
    await atWorkos('PUT', `${at}/deactivate`);
    await areOut(alan);
    await expect(stack.signedIn('alan@acme.com')).rejects.toThrow('account_deactivated');
    await atWorkos('PUT', `${at}/reactivate`);
    await stack.control('/webhooks/flush');
  });

  it('is another one in another organization', async () => {
    const ada = await stack.signedIn('ada@acme.com');
    const sam = await stack.signedIn('sam@acme.com');
    const claims = decodeJwt(await tokenOf('sam@acme.com'));
    const elsewhere = await signed(stack, { ...claims, org_id: GLOBEX.organization, sid: 'session_globex' });
    expect(who((await call(stack, elsewhere)).body).user.id).toBe(claims.sub);
    const { user } = who((await stack.api(sam, '/v1/me')).body);
    const path = `/v1/organization/members/${user.id}/sessions`;
    expect((await stack.api(ada, path, { method: 'DELETE' })).status).toBe(204);
    expect([await byCookie(sam), await byToken(elsewhere)]).toEqual([
      [401, 401],
      [200, 200],
    ]);
  });

  it('is two where their address is on no domain of the organization', async () => {
    const path = `/auth/login?connection=${ACME.connection}`;
    const browser = await stack.signedIn('pat@partner.example', path);
    const token = await tokenOf('pat@partner.example');
    const { user } = who((await stack.api(browser, '/v1/me')).body);
    expect(who((await call(stack, token)).body).user.id).not.toBe(user.id);
    const ada = await stack.signedIn('ada@acme.com');
    const guests = (await membersAs(ada)).filter(({ email }) => email === 'pat@partner.example');
    expect(guests).toHaveLength(2);
  });

  it('is out by both when WorkOS deletes them', async () => {
    const alan = await bothWays('alan@acme.com');
    await atWorkos('DELETE', `/users/${String(decodeJwt(alan.token).sub)}`);
    await areOut(alan);
  });
});
