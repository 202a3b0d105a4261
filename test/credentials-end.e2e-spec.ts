import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { isDeepStrictEqual } from 'node:util';
import { call, machineToken, newApiKey, SEEDED, userTokens } from './support/credentials.js';
import { ACME, GLOBEX, Stack } from './support/stack.js';
import { until } from './support/until.js';

/** How long a credential may go on anywhere after its end, in milliseconds. */
const AT_ONCE = 5000;

describe('a bearer credential', () => {
  let stack: Stack;
  let nodes: Stack[];
  beforeAll(async () => {
    stack = await Stack.startHearing('authkit');
    nodes = [stack, await stack.addNode()];
  });
  afterAll(async () => {
    await nodes[1]?.stop();
    await stack.stop();
  });

  const statuses = (credential: string) =>
    Promise.all(nodes.map(async (node) => (await call(node, credential)).status));
  const tokenOf = async (email: string, organization?: string) =>
    (await userTokens(stack, email, organization)).accessToken;
  const userId = (token: string) => String(decodeJwt(token).sub);
  const isOut = (credential: string) =>
    until(
      'it is refused on every node',
      async () => (await statuses(credential)).every((status) => status === 401),
      AT_ONCE,
    );

  it('of a person ends with the sign-out of the session that it belongs to', async () => {
    const [token, other] = [await tokenOf('ada@acme.com'), await tokenOf('ada@acme.com')];
    expect(await statuses(token)).toEqual([200, 200]);
    const init = { method: 'POST', headers: { accept: 'application/json' } };
    const { body } = await call(stack, token, '/auth/logout', init);
    expect((body as unknown as { logoutUrl: string }).logoutUrl).toContain(String(decodeJwt(token)['sid']));
    await isOut(token);
    expect(await statuses(other)).toEqual([200, 200]);
  });

  const refreshed = async (refreshToken: string) => {
    const response = await fetch(`${stack.sandbox.url}/user_management/authenticate`, {
      method: 'POST',
      body: new URLSearchParams({
        client_id: stack.sandbox.clientId,
        client_secret: stack.sandbox.apiKey,
        grant_type: 'refresh_token',
        refresh_token: refreshToken,
      }),
    });
    return ((await response.json()) as { access_token: string }).access_token;
  };
  let passed = 0;
  /** Time passes here, and at WorkOS not. */
  const pass = (seconds: number) => {
    passed += seconds;
    for (const node of nodes) node.moveClock(passed);
  };
  /** A token says in whole seconds when it was made. */
  const aSecond = async () => {
    pass(2);
    await stack.control('/clock', { advance: 2 });
  };

  it('of a person who signed out does not come back by a refresh', async () => {
    const { accessToken, refreshToken } = await userTokens(stack, 'ada@acme.com');
    const init = { method: 'POST', headers: { accept: 'application/json' } };
    expect((await call(stack, accessToken, '/auth/logout', init)).status).toBe(200);
    await aSecond();
    expect(await statuses(await refreshed(refreshToken))).toEqual([401, 401]);
  });

  it('of a person whom an administrator put out comes back by a sign-in, not by a refresh', async () => {
    const { accessToken, refreshToken } = await userTokens(stack, 'alan@acme.com');
    expect(await statuses(accessToken)).toEqual([200, 200]);
    const path = `/v1/organization/members/${userId(accessToken)}/sessions`;
    const ended = await call(stack, await tokenOf('ada@acme.com'), path, { method: 'DELETE' });
    expect(ended.status).toBe(204);
    await aSecond();
    expect(await statuses(await refreshed(refreshToken))).toEqual([401, 401]);
    expect(await statuses(await tokenOf('alan@acme.com'))).toEqual([200, 200]);
  });

  it('of a person ends all their others and goes on itself, also after a refresh', async () => {
    const browser = await stack.signedIn('ada@acme.com');
    const other = await tokenOf('ada@acme.com');
    const { accessToken, refreshToken } = await userTokens(stack, 'ada@acme.com');
    expect([await statuses(other), await statuses(accessToken)]).toEqual([
      [200, 200],
      [200, 200],
    ]);
    const ended = await call(stack, accessToken, '/v1/sessions', { method: 'DELETE' });
    expect(ended.status).toBe(204);
    await isOut(other);
    expect((await stack.api(browser, '/v1/me')).status).toBe(401);
    expect(await statuses(accessToken)).toEqual([200, 200]);
    await aSecond();
    expect(await statuses(await refreshed(refreshToken))).toEqual([200, 200]);
  });

  it('of a person ends with their cookie, where both come from one session at WorkOS', async () => {
    const browser = await stack.signedIn('ada@acme.com');
    const [row] = await stack.query<{ sid: string }>(
      "select data ->> 'workosSessionId' as sid from sessions where data ->> 'workosSessionId' is not null order by id desc limit 1",
    );
    const session = stack.sandbox.state.sessions.find(({ id }) => id === row?.sid);
    expect(session).toMatchObject({ endedAt: null });
    const claims = decodeJwt(await tokenOf('ada@acme.com'));
    const token = await stack.sandbox.keys.sign({ ...claims, sid: String(row?.sid) });
    expect(await statuses(token)).toEqual([200, 200]);
    await stack.api(browser, '/auth/logout', { method: 'POST' });
    await isOut(token);
  });

  it('of whoever came through a connection ends with it, their cookies too, also where WorkOS named none', async () => {
    const browser = await stack.signedIn(
      'grace@globex.com',
      `/auth/login?organization=${GLOBEX.organization}`,
    );
    expect((await stack.api(browser, '/v1/me')).body?.session).toMatchObject({
      method: 'sso',
      connectionId: null,
    });
    const [token, byPassword] = [
      await tokenOf('grace@globex.com', GLOBEX.organization),
      await tokenOf('grace@globex.com', GLOBEX.organization),
    ];
    const other = stack.sandbox.state.sessions.find(({ id }) => id === decodeJwt(byPassword)['sid']);
    if (other) other.method = 'Password';
    expect([...(await statuses(token)), ...(await statuses(byPassword))]).toEqual([200, 200, 200, 200]);
    await stack.control(`/connections/${GLOBEX.connection}`, { state: 'inactive' });
    await isOut(token);
    await until(
      'the cookie is refused',
      async () => (await stack.api(browser, '/v1/me')).status === 401,
      AT_ONCE,
    );
    expect(await statuses(byPassword)).toEqual([200, 200]);
    await stack.control(`/connections/${GLOBEX.connection}`, { state: 'active' });
  });

  it('of a person and their own keys end when their directory lets them go; the organization has its own', async () => {
    const token = await tokenOf('alan@acme.com');
    const own = await newApiKey(stack, { userId: userId(token), permissions: ['invoices:read'] });
    expect(await statuses(token)).toEqual([200, 200]);
    expect(await statuses(own.value)).toEqual([200, 200]);
    const record = stack.sandbox.state.directoryUsers.find(({ email }) => email === 'alan@acme.com');
    await stack.control(`/directories/users/${record?.id ?? ''}/suspend`, { as: 'inactive' });
    await Promise.all([isOut(token), isOut(own.value)]);
    expect(await statuses(SEEDED.apiKey)).toEqual([200, 200]);
    expect(await statuses(await machineToken(stack))).toEqual([200, 200]);
    // A token that WorkOS makes after it says nothing else.
    await isOut(await tokenOf('alan@acme.com'));
  });

  it('of a person does what the person may do, and no more, where it is a key of theirs', async () => {
    const token = await tokenOf('ada@acme.com');
    const [reader, more] = [['invoices:read'], ['invoices:read', 'audit:read', 'nobody:has']];
    const key = await newApiKey(stack, { userId: userId(token), permissions: more });
    const { body } = await call(stack, key.value);
    const may = (await call(stack, token)).body?.['permissions'] as string[];
    expect(body?.permissions).toEqual(more.filter((name) => may.includes(name)));
    expect(body?.permissions).toEqual(expect.arrayContaining(reader));
    expect(body?.permissions).not.toContain('nobody:has');
  });

  it('of a person who has no session here does at once what they may do now, a key of theirs too', async () => {
    const refusals = async (credential: string) =>
      new Set(
        await Promise.all(
          nodes.map(async (node) => (await call(node, credential, '/v1/audit-events')).body?.code ?? 'none'),
        ),
      );
    const comesTo = (code: string, credential: string) =>
      until(
        `the answer is ${code}`,
        async () => isDeepStrictEqual(await refusals(credential), new Set([code])),
        AT_ONCE,
      );
    const token = await tokenOf('sam@acme.com');
    const membership = stack.sandbox.state.membership(userId(token), ACME.organization);
    const appoint = (role: string) => stack.control(`/memberships/${membership?.id ?? ''}`, { role });
    expect(await refusals(token)).toEqual(new Set(['missing_permission']));
    await appoint('admin');
    await comesTo('none', token);
    const [later, key] = [
      await tokenOf('sam@acme.com'),
      await newApiKey(stack, { userId: userId(token), permissions: ['audit:read'] }),
    ];
    await Promise.all([comesTo('none', later), comesTo('none', key.value)]);
    await appoint('member');
    await Promise.all([token, later, key.value].map((each) => comesTo('missing_permission', each)));
    expect((await call(stack, later)).body).toMatchObject({
      roles: ['member'],
      permissions: ['invoices:read'],
    });
  });

  it('of a person does no more what their role allows no more', async () => {
    const token = await tokenOf('sam@acme.com');
    const invoices = async () =>
      (await Promise.all(nodes.map((node) => call(node, token, '/v1/invoices')))).map(({ status }) => status);
    const allow = (...permissions: string[]) => stack.control('/roles/member', { permissions });
    expect(await invoices()).toEqual([200, 200]);
    await allow('members:read');
    await until('nobody reads', async () => isDeepStrictEqual(await invoices(), [403, 403]), AT_ONCE);
    await allow('invoices:read');
    await until('they read again', async () => isDeepStrictEqual(await invoices(), [200, 200]), AT_ONCE);
  });

  it('that is an API key changes when its permissions do', async () => {
    const key = await newApiKey(stack, { permissions: ['invoices:read'] });
    expect((await call(stack, key.value, '/v1/invoices')).status).toBe(200);
    await stack.control(`/api_keys/${key.id}`, { permissions: ['members:read'] });
    await until(
      'it may not read invoices any more',
      async () => (await call(stack, key.value, '/v1/invoices')).status === 403,
      AT_ONCE,
    );
    expect(await statuses(key.value)).toEqual([200, 200]);
  });

  it('that is an API key ends within half a minute, also where the word of it is lost', async () => {
    const key = await newApiKey(stack);
    expect(await statuses(key.value)).toEqual([200, 200]);
    await stack.control('/webhooks', { lose: 1 });
    await stack.control(`/api_keys/${key.id}/revoke`);
    pass(31);
    expect(await statuses(key.value)).toEqual([401, 401]);
  });

  it('that is in memory is good while WorkOS is down', async () => {
    const [known, token] = [await newApiKey(stack), await machineToken(stack)];
    expect([await statuses(known.value), await statuses(token)]).toEqual([
      [200, 200],
      [200, 200],
    ]);
    await stack.control('/faults', { path: '/**', times: 20, type: 'status', status: 503 });
    expect([await statuses(known.value), await statuses(token)]).toEqual([
      [200, 200],
      [200, 200],
    ]);
    await stack.control('/faults', undefined, 'DELETE');
  });

  it('of an organization that requires SSO is one of its own connection', async () => {
    const token = await tokenOf('ada@acme.com');
    expect(await statuses(token)).toEqual([200, 200]);
    const policy = { method: 'PATCH', json: { ssoRequired: true } };
    const administrator = await stack.signedIn('ada@acme.com');
    expect((await stack.api(administrator, '/v1/organization/policy', policy)).status).toBe(200);
    pass(120);
    expect(await statuses(token)).toEqual([200, 200]);
    const session = stack.sandbox.state.sessions.find(({ id }) => id === decodeJwt(token)['sid']);
    if (session) session.method = 'Password';
    pass(120);
    expect(await statuses(token)).toEqual([401, 401]);
  });
});
