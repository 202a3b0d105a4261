import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Browser } from './support/browser.js';
import { ACME, Stack, type ApiAnswer } from './support/stack.js';
import { until } from './support/until.js';

const DAY = 86_400_000;
const LINK = 'https://setup.workos.example/launch?secret=canary-of-a-portal-link';

interface Listed {
  readonly id: string;
  readonly [member: string]: unknown;
}
const listOf = ({ body }: ApiAnswer) => body as unknown as { data: Listed[]; nextCursor: string | null };

describe("an organization's administrators", () => {
  let stack: Stack;
  let ada: Browser;
  let alan: Browser;
  let alanId: string;
  beforeAll(async () => {
    stack = await Stack.start('sso', { GUESTS: 'allow' });
    ada = await stack.signedIn('ada@acme.com');
    alan = await stack.signedIn('alan@acme.com');
    alanId = await idOf(alan);
  });
  beforeEach(async () => {
    await stack.query('delete from organization_policies');
    await stack.query("delete from audit_events where action = 'policy.changed'");
  });
  afterAll(() => stack.stop());

  const idOf = async (browser: Browser) =>
    ((await stack.api(browser, '/v1/me')).body as unknown as { user: { id: string } }).user.id;
  const change = (browser: Browser, json: unknown) =>
    stack.api(browser, '/v1/organization/policy', { method: 'PATCH', json });
  const portalLink = (browser: Browser, json: unknown) =>
    stack.api(browser, '/v1/organization/portal-link', { method: 'POST', json });
  const recorded = (action: string) =>
    stack.query<{ user_id: string; organization_id: string; details: Record<string, unknown>; all: string }>(
      'select *, audit_events::text as all from audit_events where action = $1 order by id',
      [action],
    );

  describe('see their organization', () => {
    it('with its domains, its connections, and its policy', async () => {
      const { status, body, headers } = await stack.api(ada, '/v1/organization');
      expect(status).toBe(200);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(body).toEqual({
        id: ACME.organization,
        name: 'Acme',
        domains: [
          {
            id: expect.any(String),
            domain: 'acme.com',
            state: 'verified',
            reason: null,
            failureReason: null,
          },
        ],
        connections: [
          { id: ACME.connection, name: 'Acme Okta', type: 'OktaSAML', state: 'active', certificate: null },
        ],
        policy: expect.objectContaining({ ssoRequired: false, guests: null, requiredGroups: [] }),
      });
    });

    it('with the reason why a domain was not verified, which no member needs to know', async () => {
      // Of a version that nothing read from WorkOS is newer than.
      await stack.query(
        `update organization_domains set state = 'failed', version = '9999-12-31T23:59:59.999Z',
           failure_reason = 'domain_verification_period_expired' where domain = 'acme.com'`,
      );
      const answers = await Promise.all([ada, alan].map((who) => stack.api(who, '/v1/organization')));
      await stack.query(
        "update organization_domains set state = 'verified', failure_reason = null where domain = 'acme.com'",
      );
      const failed = answers.map(({ body }) => (body as unknown as { domains: Listed[] }).domains[0]);
      expect(failed).toEqual([
        expect.objectContaining({ state: 'failed', failureReason: 'domain_verification_period_expired' }),
        expect.objectContaining({ state: 'failed', failureReason: null }),
      ]);
    });

    it('as every member does, who need not know its policy', async () => {
      const { status, body } = await stack.api(alan, '/v1/organization');
      expect(status).toBe(200);
      expect(body).toMatchObject({ name: 'Acme', policy: null });
    });

    it('with the days that a certificate has left', async () => {
      await stack.query(
        `insert into connection_certificates (connection_id, organization_id, type, expires_at, version)
         values ($1, $2, 'ResponseEncryption', $3, ''), ($1, $2, 'ResponseSigning', $4, '')`,
        [
          ACME.connection,
          ACME.organization,
          new Date(Date.now() + 90.5 * DAY),
          new Date(Date.now() + 6.5 * DAY),
        ],
      );
      const { body } = await stack.api(ada, '/v1/organization');
      // A node that starts looks at once.
      const node = await stack.addNode();
      await until('the log says so', async () => {
        const { body: log } = await stack.api(ada, '/v1/audit-events?action=certificate.expiring');
        return Array.isArray(log?.['data']) && log['data'].length === 1;
      });
      await node.stop();
      await stack.query('delete from connection_certificates');
      expect(body).toMatchObject({
        connections: [{ certificate: { type: 'ResponseSigning', daysLeft: 7 } }],
      });
    });

    it('and that another one owns a domain of theirs, not which', async () => {
      await stack.query(
        `insert into organization_domains (id, organization_id, domain, state, version)
         values ('domain_eve', 'org_01HGATEH0VSEEVE00000000001', 'acme.com', 'verified', '')`,
      );
      const { body } = await stack.api(ada, '/v1/organization');
      await stack.query("update organization_domains set state = 'pending' where id = 'domain_eve'");
      const { body: claimed } = await stack.api(ada, '/v1/organization');
      await stack.query("delete from organization_domains where id = 'domain_eve'");
      expect(body).toMatchObject({ domains: [{ domain: 'acme.com', state: 'conflict' }] });
      expect(JSON.stringify(body)).not.toContain('EVE');
      expect(claimed).toMatchObject({ domains: [{ domain: 'acme.com', state: 'verified' }] });
    });
  });

  describe('change its policy', () => {
    it('in part, on record with what was and what is', async () => {
      const { status, body } = await change(ada, { guests: 'allow', groupRoles: { Staff: 'member' } });
      expect(status).toBe(200);
      expect(body).toMatchObject({ guests: 'allow', groupRoles: { Staff: 'member' }, ssoRequired: false });
      expect((await change(ada, { groupRoles: {} })).body).toMatchObject({ guests: 'allow', groupRoles: {} });
      expect((await change(ada, { groupRoles: {} })).status).toBe(200);

      const records = await recorded('policy.changed');
      const who = { user_id: await idOf(ada), organization_id: ACME.organization };
      expect(records).toEqual([
        expect.objectContaining({
          ...who,
          details: {
            changed: {
              guests: { before: null, after: 'allow' },
              groupRoles: { before: {}, after: { Staff: 'member' } },
            },
          },
        }),
        expect.objectContaining({
          details: { changed: { groupRoles: { before: { Staff: 'member' }, after: {} } } },
        }),
      ]);
    });

    it('with effect on running sessions, which it shortens and never lengthens', async () => {
      const limitsOf = () =>
        stack.query<{ idle_timeout: number; life: number }>(
          `select idle_timeout, round(extract(epoch from expires_at - (data ->> 'authenticatedAt')::timestamptz))::int as life
           from sessions where user_id = $1`,
          [alanId],
        );
      expect(await limitsOf()).toEqual([{ idle_timeout: 3600, life: 86_400 }]);
      await change(ada, { idleTimeout: 900, absoluteTimeout: 7200 });
      expect(await limitsOf()).toEqual([{ idle_timeout: 900, life: 7200 }]);
      await change(ada, { idleTimeout: null, absoluteTimeout: null });
      expect(await limitsOf()).toEqual([{ idle_timeout: 900, life: 7200 }]);
      expect((await stack.api(alan, '/v1/me')).status).toBe(200);
    });

    it('with effect on the next sign-in', async () => {
      await change(ada, { idleTimeout: 300 });
      const fresh = await stack.signedIn('alan@acme.com');
      const [row] = await stack.query<{ idle_timeout: number }>(
        'select idle_timeout from sessions order by id desc limit 1',
      );
      expect(row).toEqual({ idle_timeout: 300 });
      await stack.api(fresh, '/auth/logout', { method: 'POST' });
    });

    it('with effect on the roles of those who are here', async () => {
      await stack.query(
        "insert into directories values ('directory_1', $1, 'Okta', 'okta scim v2.0', 'linked', '')",
        [ACME.organization],
      );
      await stack.query(
        `insert into directory_users (id, directory_id, organization_id, idp_id, state, user_id, version)
         values ('directory_user_1', 'directory_1', $1, 'idp_1', 'active', $2, '')`,
        [ACME.organization, alanId],
      );
      await stack.query(
        "insert into directory_groups values ('directory_group_1', 'directory_1', $1, 'Staff', '')",
        [ACME.organization],
      );
      await stack.query(
        "insert into directory_group_members values ('directory_group_1', 'directory_user_1', true, '')",
      );
      const mayList = async (status: number) =>
        (await stack.api(alan, '/v1/organization/members')).status === status;
      await change(ada, { groupRoles: { Staff: 'admin' } });
      await until('his role is there', () => mayList(200));
      expect((await stack.api(ada, `/v1/organization/members/${alanId}/roles`)).body).toEqual({
        roles: [
          { role: 'admin', from: 'group', group: { id: 'directory_group_1', name: 'Staff' } },
          { role: 'member', from: 'workos' },
        ],
      });
      await change(ada, { groupRoles: {} });
      await until('his role is gone', () => mayList(403));
      await stack.query('delete from directory_group_members');
      await stack.query('delete from directory_users');
    });

    it('with effect on those who came another way than by required single sign-on', async () => {
      const other = await stack.signedIn('alan@acme.com');
      await stack.query(
        `update sessions set data = jsonb_set(data, '{method}', '"password"')
         where id = (select max(id) from sessions where user_id = $1)`,
        [alanId],
      );
      expect((await change(ada, { ssoRequired: true })).status).toBe(200);
      expect((await stack.api(other, '/v1/me')).status).toBe(401);
      expect((await stack.api(alan, '/v1/me')).status).toBe(200);
    });

    it('with effect on those who are in no group that is required now', async () => {
      await stack.query(
        `insert into directory_users (id, directory_id, organization_id, idp_id, state, user_id, version)
         values ('directory_user_2', 'directory_1', $1, 'idp_2', 'active', $2, '')`,
        [ACME.organization, await idOf(ada)],
      );
      await stack.query(
        "insert into directory_groups values ('directory_group_2', 'directory_1', $1, 'Managers', '')",
        [ACME.organization],
      );
      await stack.query(
        "insert into directory_group_members values ('directory_group_2', 'directory_user_2', true, '')",
      );
      const other = await stack.signedIn('alan@acme.com');
      expect((await change(ada, { requiredGroups: ['Managers'] })).status).toBe(200);
      expect((await stack.api(other, '/v1/me')).status).toBe(401);
      expect((await stack.api(ada, '/v1/me')).status).toBe(200);
      await stack.query('delete from directory_group_members');
      await stack.query('delete from directory_users');
      await stack.query('delete from organization_policies');
      alan = await stack.signedIn('alan@acme.com');
    });

    it('with effect on guests who are here', async () => {
      const pat = await stack.signedIn(
        'pat@partner.example',
        `/auth/login?organization=${ACME.organization}`,
      );
      expect((await change(ada, { guests: 'deny' })).status).toBe(200);
      expect((await stack.api(pat, '/v1/me')).status).toBe(401);
      expect((await stack.api(alan, '/v1/me')).status).toBe(200);
    });

    const manyGroups = Object.fromEntries(
      Array.from({ length: 201 }, (_, index) => [`Group ${index}`, 'member']),
    );
    it.each<[string, object, number, string]>([
      [
        'to a group that they are not in themselves',
        { requiredGroups: ['Finance'] },
        409,
        'policy_excludes_you',
      ],
      ['to a foreign connection', { connectionGuests: { conn_EVE: 'allow' } }, 400, 'invalid_request'],
      ['to a limit that locks everybody out', { idleTimeout: 1 }, 400, 'invalid_request'],
      ['to what there is not', { ssoRequird: true }, 400, 'invalid_request'],
      ['to groups that no database can keep', { requiredGroups: ['x\0y'] }, 400, 'invalid_request'],
      ['to half a character', { groupRoles: { '\udc00': 'member' } }, 400, 'invalid_request'],
      ['to more roles than anybody reads', { groupRoles: manyGroups }, 400, 'invalid_request'],
    ])('not %s', async (_what, json, status, code) => {
      const answer = await change(ada, json);
      expect([answer.status, answer.body?.code]).toEqual([status, code]);
      expect(await stack.query('select * from organization_policies')).toEqual([]);
      expect(await recorded('policy.changed')).toEqual([]);
    });

    it('to required single sign-on only with a connection that works', async () => {
      await stack.api(ada, '/v1/organization');
      const state = (name: string) => stack.query('update connections set state = $1', [name]);
      await state('inactive');
      const refused = await change(ada, { ssoRequired: true });
      await state('active');
      expect([refused.status, refused.body?.code]).toEqual([409, 'no_active_connection']);
      expect((await change(ada, { ssoRequired: true })).status).toBe(200);
    });
  });

  describe('get a link to the portal', () => {
    const answer = (status: number, body: unknown) =>
      stack.control('/faults', { path: '/portal/generate_link', type: 'status', status, times: 2, body });

    it.each(['sso', 'domain_verification', 'dsync', 'audit_logs', 'log_streams', 'certificate_renewal'])(
      'for %s, which is kept nowhere',
      async (intent) => {
        const before = Date.now();
        const { status, body, headers } = await portalLink(ada, { intent });
        expect(status).toBe(201);
        expect(headers.get('cache-control')).toBe('no-store');
        expect(body).toEqual({ link: expect.any(String), expiresAt: expect.any(String) });
        const link = new URL(String(body?.['link']));
        expect(link.origin).toBe(stack.sandbox.url);
        const page = await new Browser().open(link.href);
        expect(page.status).toBe(200);
        expect(page.text).toContain(`${stack.url}/?view=organization`);
        const life = Date.parse(String(body?.['expiresAt'])) - before;
        expect(life).toBeGreaterThan(295_000);
        expect(life).toBeLessThan(305_000);
        const records = await recorded('portal.link_created');
        expect(records.at(-1)).toMatchObject({ organization_id: ACME.organization, details: { intent } });
        const secret = [...link.searchParams.values(), link.pathname.split('/').at(-1) ?? ''].join();
        expect(secret.length).toBeGreaterThan(16);
        for (const part of secret.split(',').filter((value) => value.length > 8))
          expect(records.map(({ all }) => all).join()).not.toContain(part);
      },
    );

    it.each([
      { intent: 'bring_your_own_key' },
      { intent: '__proto__' },
      {},
      { intent: 'sso', organization: 'org_01HGATEH0VSEG10BEX00000001' },
      { intent: 'sso', returnUrl: 'https://evil.example/' },
    ])('not for %j', async (json) => {
      expect((await portalLink(ada, json)).body?.code).toBe('invalid_request');
    });

    it.each([
      [422, 422, 'portal_refused'],
      [500, 503, 'upstream_unavailable'],
    ])('not where WorkOS answers %d', async (upstream, status, code) => {
      const before = (await recorded('portal.link_created')).length;
      await answer(upstream, { message: LINK });
      const refused = await portalLink(ada, { intent: 'sso' });
      await stack.control('/faults', undefined, 'DELETE');
      expect([refused.status, refused.body?.code]).toEqual([status, code]);
      expect(JSON.stringify(refused.body)).not.toContain('canary');
      expect(await recorded('portal.link_created')).toHaveLength(before);
    });
  });

  describe('look after its members', () => {
    it('whom they find page by page', async () => {
      const seen: Listed[] = [];
      let cursor: string | null = null;
      do {
        const from: string = cursor === null ? '' : `&cursor=${cursor}`;
        const page = listOf(await stack.api(ada, `/v1/organization/members?limit=1${from}`));
        seen.push(...page.data);
        cursor = page.nextCursor;
      } while (cursor !== null);
      expect(seen.map(({ id }) => id)).toEqual(
        [...new Set(seen.map(({ id }) => id))].toSorted().toReversed(),
      );
      expect(seen.find(({ id }) => id === alanId)).toMatchObject({
        email: 'alan@acme.com',
        firstName: 'Alan',
        lastName: 'Turing',
        roles: ['member'],
        status: 'active',
        directoryManaged: false,
        usable: true,
      });
    });

    it("among whom AuthKit's account of a guest is told from one that somebody signs in with", async () => {
      await stack.query(
        `insert into users (id, email, created_at, updated_at)
         values ('user_authkit', 'alan@partner.example', now(), now())`,
      );
      await stack.query(
        `insert into memberships (organization_id, user_id, roles, updated_at, id)
         values ($1, 'user_authkit', '{}', now(), 'om_authkit')`,
        [ACME.organization],
      );
      const { data } = listOf(await stack.api(ada, '/v1/organization/members'));
      await stack.query("delete from users where id = 'user_authkit'");
      const alans = data.filter(({ email }) => String(email).startsWith('alan@'));
      expect(Object.fromEntries(alans.map(({ id, usable }) => [id, usable]))).toEqual({
        [alanId]: true,
        user_authkit: false,
      });
    });

    it('of whose roles they learn the reason', async () => {
      const { body } = await stack.api(ada, `/v1/organization/members/${alanId}/roles`);
      expect(body).toEqual({ roles: [{ role: 'member', from: 'workos' }] });
    });

    it('whose sessions they see and end', async () => {
      const browser = await stack.signedIn('alan@acme.com');
      const path = `/v1/organization/members/${alanId}/sessions`;
      const before = listOf(await stack.api(ada, path)).data;
      expect(before).toHaveLength(2);
      expect(before[0]).toMatchObject({ id: expect.stringMatching(/^session_/), current: false });

      expect((await stack.api(ada, path, { method: 'DELETE' })).status).toBe(204);
      expect((await stack.api(browser, '/v1/me')).status).toBe(401);
      expect((await stack.api(alan, '/v1/me')).status).toBe(401);
      expect((await stack.api(ada, '/v1/me')).status).toBe(200);
      expect(listOf(await stack.api(ada, path)).data).toEqual([]);
      expect((await recorded('member.signed_out')).at(-1)).toMatchObject({
        user_id: await idOf(ada),
        organization_id: ACME.organization,
        details: { memberId: alanId, count: 2 },
      });
      alan = await stack.signedIn('alan@acme.com');
    });
  });

  describe('read the audit log', () => {
    const read = async (query: string) => listOf(await stack.api(ada, `/v1/audit-events?${query}`));

    it('of what happened, newest first, page by page', async () => {
      const all = (await read('limit=100')).data.map(({ id }) => id);
      expect(all).toEqual(all.toSorted().toReversed());
      const { data, nextCursor } = await read('limit=2');
      expect(data.map(({ id }) => id)).toEqual(all.slice(0, 2));
      expect((await read(`limit=2&cursor=${nextCursor}`)).data.map(({ id }) => id)).toEqual(all.slice(2, 4));
    });

    it('by action and by whoever did it', async () => {
      const { data } = await read(`action=sign_in.succeeded&actor=${alanId}`);
      expect(data.length).toBeGreaterThan(0);
      for (const event of data)
        expect(event).toMatchObject({
          action: 'sign_in.succeeded',
          outcome: 'success',
          user: { id: alanId, email: 'alan@acme.com' },
          connectionId: ACME.connection,
          occurredAt: expect.stringMatching(/Z$/),
          details: { method: 'sso' },
        });
      expect((await read('action=sign_in.succeeded&actor=user_nobody')).data).toEqual([]);
    });

    it('by time, from the first moment on and before the second', async () => {
      const [latest] = (await read('limit=1')).data;
      const at = String(latest?.['occurredAt']);
      const later = new Date(Date.parse(at) + 1).toISOString();
      const ids = (data: Listed[]) => data.map(({ id }) => id);
      expect(ids((await read(`from=${at}`)).data)).toContain(latest?.id);
      expect(ids((await read(`to=${at}`)).data)).not.toContain(latest?.id);
      expect(ids((await read(`to=${later}`)).data)).toContain(latest?.id);
      expect((await read(`from=${later}`)).data).toEqual([]);
      const zoned = encodeURIComponent(at.replace('Z', '+00:00'));
      expect(ids((await read(`from=${zoned}`)).data)).toContain(latest?.id);
    });

    it.each([
      'from=yesterday',
      'from=2026-01-01',
      'from=2026-01-01T00:00:00',
      'to=2026-13-01T00:00:00Z',
      'from=2026-01-01T00:00:00Z&from=2026-01-02T00:00:00Z',
      'action=drop%20table',
      'actor=1',
      'organizationId=org_1',
      'cursor=nonsense',
    ])('not by %s', async (query) => {
      expect((await stack.api(ada, `/v1/audit-events?${query}`)).body?.code).toBe('invalid_request');
    });
  });
});
