import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createHash } from 'node:crypto';
import { LastSeenWriter } from '../src/sessions/last-seen.writer.js';
import { Browser } from './support/browser.js';
import { Cable } from './support/cable.js';
import { ACME, MODES, Stack, type ApiAnswer } from './support/stack.js';
import { send } from './support/wire.js';

interface Summary {
  readonly id: string;
  readonly createdAt: string;
  readonly lastSeenAt: string;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly current: boolean;
}

const listOf = ({ body }: ApiAnswer) => body as unknown as { data: Summary[]; nextCursor: string | null };

describe.each(MODES)('sessions with SIGN_IN=%s', (mode) => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await Stack.start(mode, { SESSION_IDLE_TIMEOUT: '3600', SESSION_ABSOLUTE_TIMEOUT: '7200' });
  });
  let node: Stack | undefined;
  let cable: Cable | undefined;
  afterEach(async () => {
    await time(0);
    jest.restoreAllMocks();
    await node?.stop();
    await cable?.cut();
    [node, cable] = [undefined, undefined];
    await stack.query('delete from sessions');
  });
  afterAll(() => stack.stop());

  let passed = 0;
  /** Seconds since the beginning, here and at WorkOS. */
  const time = async (seconds: number) => {
    stack.moveClock(seconds);
    if (seconds !== passed) await stack.control('/clock', { advance: seconds - passed });
    passed = seconds;
  };
  const token = (browser: Browser) => browser.cookie(stack.url, 'session') ?? '';
  const statusOf = async (browser: Browser) => (await stack.api(browser, '/v1/me')).status;
  const sessionId = async (browser: Browser) => {
    const { data } = listOf(await stack.api(browser, '/v1/sessions'));
    return data.find(({ current }) => current)?.id ?? '';
  };

  it('lists mine, newest first, tells which is this one, and goes page by page', async () => {
    const browsers: Browser[] = [];
    for (let device = 0; device < 3; device++) browsers.push(await stack.signedIn('ada@acme.com'));
    await stack.signedIn('alan@acme.com');
    const [, middle] = browsers;
    if (!middle) throw new Error('three devices signed in');

    const first = await stack.api(middle, '/v1/sessions?limit=2');
    const one = listOf(first);
    expect(one.data).toHaveLength(2);
    expect(one.data.map(({ current }) => current)).toEqual([false, true]);
    expect(Object.keys(one.data[0] ?? {}).toSorted()).toEqual([
      'createdAt',
      'current',
      'id',
      'ip',
      'lastSeenAt',
      'userAgent',
    ]);
    expect(one.data[0]?.createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(one.data[0]?.ip).toMatch(/127\.0\.0\.1$/);
    expect(one.nextCursor).toEqual(expect.any(String));

    const two = listOf(await stack.api(middle, `/v1/sessions?limit=2&cursor=${one.nextCursor}`));
    expect(two).toMatchObject({ data: [{ current: false }], nextCursor: null });
    const ids = [...one.data, ...two.data].map(({ id }) => id);
    expect(new Set(ids).size).toBe(3);
    expect(ids).toEqual(ids.toSorted().toReversed());
  });

  it('ends one of mine at once, on every node', async () => {
    node = await stack.addNode();
    const [here, there] = [await stack.signedIn('ada@acme.com'), await stack.signedIn('ada@acme.com')];
    expect((await node.api(there, '/v1/me')).status).toBe(200);
    const answer = await stack.api(here, `/v1/sessions/${await sessionId(there)}`, { method: 'DELETE' });
    expect([answer.status, answer.body]).toEqual([204, null]);
    expect([await statusOf(here), await statusOf(there)]).toEqual([200, 401]);
    expect((await node.api(there, '/v1/me')).status).toBe(401);
  });

  it("does not know another user's session, which lives on", async () => {
    const [ada, alan] = [await stack.signedIn('ada@acme.com'), await stack.signedIn('alan@acme.com')];
    const theirs = await stack.api(ada, `/v1/sessions/${await sessionId(alan)}`, { method: 'DELETE' });
    const nobodys = await stack.api(ada, '/v1/sessions/session_01HGATEH0VSENTTHERE0000000', {
      method: 'DELETE',
    });
    expect(theirs).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect({ ...theirs.body, requestId: '' }).toEqual({ ...nobodys.body, requestId: '' });
    expect(await statusOf(alan)).toBe(200);
  });

  it("ends all of mine but this one, and nobody else's", async () => {
    const [here, there] = [await stack.signedIn('ada@acme.com'), await stack.signedIn('ada@acme.com')];
    const alan = await stack.signedIn('alan@acme.com');
    expect((await stack.api(here, '/v1/sessions', { method: 'DELETE' })).status).toBe(204);
    expect([await statusOf(here), await statusOf(there), await statusOf(alan)]).toEqual([200, 401, 200]);
  });

  it('ends mine at sign-out, here first, and says where WorkOS ends its own', async () => {
    const ada = await stack.signedIn('ada@acme.com');
    const out = await stack.api(ada, '/auth/logout', { method: 'POST' });
    expect(out.status).toBe(200);
    expect(out.headers.getSetCookie()).toEqual([expect.stringMatching(/^session=;/)]);
    expect(await statusOf(ada)).toBe(401);
    const { logoutUrl } = out.body as unknown as { logoutUrl: string | null };
    if (mode === 'sso') expect(logoutUrl).toBeNull();
    else {
      expect(logoutUrl).toMatch(`${stack.sandbox.url}/user_management/sessions/logout?session_id=session_`);
      expect((await ada.open(logoutUrl ?? '')).url).toBe(`${stack.url}/`);
      expect(stack.sandbox.state.sessions.at(-1)?.endedAt).not.toBeNull();
    }
    const again = await stack.api(ada, '/auth/logout', { method: 'POST' });
    expect([again.status, again.body]).toEqual([200, { logoutUrl: null }]);
  });

  it('ends at the idle limit, which each use moves on', async () => {
    const ada = await stack.signedIn('ada@acme.com');
    const idle = await stack.signedIn('alan@acme.com');
    await time(3590);
    expect(await statusOf(ada)).toBe(200);
    await used();
    await time(3605);
    expect([await statusOf(ada), await statusOf(idle)]).toEqual([200, 401]);
    await time(7180);
    expect(await statusOf(ada)).toBe(200);
    expect(await statusOf(idle)).toBe(401);
    await time(0);
    expect(await statusOf(idle)).toBe(401);
  });

  it('ends at the absolute limit, however much it is used', async () => {
    const ada = await stack.signedIn('ada@acme.com');
    for (const seconds of [3000, 6000, 7190]) {
      await time(seconds);
      expect(await statusOf(ada)).toBe(200);
      await used();
    }
    const { body } = await stack.api(ada, '/v1/me');
    const { session } = body as unknown as { session: { authenticatedAt: string; expiresAt: string } };
    expect(Date.parse(session.expiresAt) - Date.parse(session.authenticatedAt)).toBe(7_200_000);
    await time(7201);
    expect(await statusOf(ada)).toBe(401);
  });

  /** "Last seen" is written behind the answer, for many at once. */
  const used = () => stack.app.get(LastSeenWriter, { strict: false }).flush();

  it('stand in the database without token: its hash, and an encrypted refresh token', async () => {
    const ada = await stack.signedIn('ada@acme.com');
    const [row] = await stack.query<{ token_hash: string; refresh_token: string | null }>(
      `select token_hash, data #>> '{tokens,refreshToken}' as refresh_token from sessions`,
    );
    expect(row?.token_hash).toEqual(createHash('sha256').update(token(ada)).digest('base64url'));
    const refreshTokens = [...stack.sandbox.state.refreshTokens.keys()];
    if (mode === 'sso') expect(row?.refresh_token).toBeNull();
    else {
      expect(row?.refresh_token).toMatch(/^eyJ[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/);
      expect(refreshTokens.length).toBeGreaterThan(0);
    }

    const tables = await stack.query<{ name: string }>(
      "select table_name as name from information_schema.tables where table_schema = 'public'",
    );
    expect(tables.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['sessions', 'audit_events', 'users']),
    );
    const dump: string[] = [];
    for (const { name } of tables) {
      const rows = await stack.query<{ row: string }>(`select row_to_json(t)::text as row from "${name}" t`);
      dump.push(...rows.map((each) => each.row));
    }
    const everything = dump.join('\n');
    expect(everything).toContain('ada@acme.com');
    for (const secret of [token(ada), ...refreshTokens, stack.sandbox.apiKey])
      expect(everything).not.toContain(secret);
    // Signed tokens have three parts; what is encrypted here has five.
    expect(everything).not.toMatch(/eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}(?![\w.-])/);
  });

  it('are neither granted nor ended while the database cannot be reached', async () => {
    cable = await Cable.to(stack.database.url);
    node = await stack.addNode({ DATABASE_URL: cable.url });
    const ada = await stack.signedIn('ada@acme.com');
    const pending = new Browser();
    const callback = new URL(await stack.callbackOf(pending, 'alan@acme.com'));
    expect((await node.api(ada, '/v1/me')).status).toBe(200);
    await cable.cut();
    // Its memory is believed for a moment longer; then it must ask, and cannot.
    const end = performance.now() + 6000;
    while ((await node.api(ada, '/v1/me')).status === 200) expect(performance.now()).toBeLessThan(end);
    for (const [method, path] of [
      ['GET', '/v1/me'],
      ['GET', '/v1/sessions'],
      ['DELETE', '/v1/sessions'],
      ['POST', '/auth/logout'],
      ['GET', '/v1/invoices'],
    ]) {
      const answer = await node.api(ada, path ?? '', { method: method ?? '' });
      expect(answer).toMatchObject({ status: 503, body: { code: 'store_unavailable' } });
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
    const headers = { accept: 'application/json', cookie: pending.cookieHeader(stack.url) };
    const ended = await send(node.url, callback.pathname + callback.search, { headers });
    expect(ended).toMatchObject({ status: 503, body: { code: 'store_unavailable' } });
    expect(ended.setCookies.join()).not.toMatch(/session=[^;]/);
    expect((await node.api(new Browser(), '/health/ready')).body).toMatchObject({
      parts: { database: 'unreachable' },
    });
    expect((await node.api(new Browser(), '/health/live')).status).toBe(200);
    await cable.mend();
    expect((await node.api(ada, '/v1/me')).status).toBe(200);
  });

  it('leave a record in the audit log of how they began, were refused and ended', async () => {
    await stack.query('delete from audit_events');
    const ada = await stack.signedIn('ada@acme.com');
    const other = await stack.signedIn('ada@acme.com');
    const third = await stack.signedIn('ada@acme.com');
    await stack.api(ada, `/v1/sessions/${await sessionId(other)}`, { method: 'DELETE' });
    await stack.api(ada, '/v1/sessions', { method: 'DELETE' });
    expect(await statusOf(third)).toBe(401);
    const { body } = await stack.api(ada, '/v1/me');
    const { user, session } = body as unknown as { user: { id: string }; session: { id: string } };
    await send(stack.url, '/auth/callback?code=x&state=y', {
      headers: { 'user-agent': 'evil\t"}{', 'x-request-id': 'refused-1' },
    });
    await stack.api(ada, '/auth/logout', { method: 'POST', headers: { 'x-request-id': 'out-1' } });

    const rows = await stack.query<Record<string, unknown>>(
      'select * from audit_events order by occurred_at, id',
    );
    const of = (action: string) => rows.filter((row) => row['action'] === action);
    expect(of('sign_in.succeeded')).toHaveLength(3);
    expect(of('sign_in.succeeded')[0]).toMatchObject({
      outcome: 'success',
      user_id: user.id,
      organization_id: ACME.organization,
      connection_id: ACME.connection,
      session_id: session.id,
      ip: expect.stringMatching(/127\.0\.0\.1$/),
    });
    expect(of('sign_in.refused')).toEqual([
      expect.objectContaining({
        outcome: 'failure',
        reason: 'invalid_state',
        user_id: null,
        request_id: 'refused-1',
        user_agent: 'evil "}{',
      }),
    ]);
    const revoked = [...of('session.ended'), ...of('sessions.ended')].filter(
      (row) => row['reason'] === 'revoked_by_user',
    );
    expect(revoked.length).toBeGreaterThanOrEqual(2);
    expect(revoked.every((row) => row['user_id'] === user.id)).toBe(true);
    expect(of('session.ended').find((row) => row['reason'] === 'signed_out')).toMatchObject({
      user_id: user.id,
      session_id: session.id,
      organization_id: ACME.organization,
      request_id: 'out-1',
    });
  });
});
