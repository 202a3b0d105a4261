import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { codeHashOf } from '../src/auth/break-glass/break-glass-pass.js';
import { breakGlassCommand } from '../src/auth/break-glass/break-glass.command.js';
import { ProblemError } from '../src/common/problem-error.js';
import { SessionsService } from '../src/sessions/sessions.service.js';
import { Browser } from './support/browser.js';
import { runScript } from './support/run-script.js';
import { ServiceProcess } from './support/service-process.js';
import { ACME, GLOBEX, Stack } from './support/stack.js';
import { send } from './support/wire.js';

interface AuditRow {
  readonly reason: string;
  readonly organization_id: string | null;
  readonly user_id: string | null;
  readonly details: Record<string, unknown>;
}

const REASON = 'Okta is down, ticket 4711';

describe('a pass for an organization whose identity provider is down', () => {
  let stack: Stack;
  let other: Stack;
  beforeAll(async () => {
    // Before anything listens: it blocks, and connections that wait too long are closed.
    ServiceProcess.build();
    stack = await Stack.start('sso');
    other = await stack.addNode();
    await stack.signedIn('ada@acme.com');
    await stack.signedIn('grace@globex.com');
    await stack.query(`insert into organization_policies values ($1, '{"ssoRequired": true}', now())`, [
      ACME.organization,
    ]);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await stack.control('/faults', undefined, 'DELETE');
  });
  afterAll(async () => {
    await other.stop();
    await stack.stop();
  });

  const command = (args: readonly string[]) =>
    breakGlassCommand({ databaseUrl: stack.database.url, appUrl: stack.url }, args);
  const forAda = ['--organization', ACME.organization, '--email', 'Ada@acme.com', '--reason', REASON];
  const codeIn = (text: string) => /Enter {2}([A-Za-z0-9_-]{43})/.exec(text)?.[1] ?? '';
  const pass = async (...more: string[]) => codeIn((await command([...forAda, ...more])).text);
  const redeem = (code: string, headers: Record<string, string> = {}, { url } = stack) =>
    send(url, '/auth/break-glass', {
      method: 'POST',
      body: new URLSearchParams({ code }).toString(),
      headers: {
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
        ...headers,
      },
    });
  const audits = (action: string) =>
    stack.query<AuditRow>(
      'select reason, organization_id, user_id, details from audit_events where action = $1 order by id',
      [action],
    );
  /** The refusals that some work leaves on record. */
  const refusalsOf = async (work: () => Promise<unknown>) => {
    await stack.query(`delete from audit_events where action = 'break_glass.refused'`);
    await work();
    return audits('break_glass.refused');
  };
  const adaId = async () =>
    (
      await stack.query<{ user_id: string }>('select user_id from memberships where organization_id = $1', [
        ACME.organization,
      ])
    )[0]?.user_id ?? '';
  const atOnce = (code: string) =>
    Promise.all(Array.from({ length: 20 }, (_, at) => redeem(code, {}, at % 2 ? other : stack)));
  const known = async (reason: string) => ({
    reason,
    organization_id: ACME.organization,
    user_id: await adaId(),
    details: { pass: expect.stringMatching(/^pass_/) },
  });

  it('is made by the command of the operator, without WorkOS, and lets its person in once', async () => {
    await stack.control('/faults', { path: '/**', times: 1000, type: 'status', status: 503 });
    const made = await runScript('break-glass.mjs', [...forAda, '--minutes', '5'], {
      DATABASE_URL: stack.database.url,
      APP_URL: stack.url,
    });
    expect(made).toMatchObject({ status: 0, error: '' });
    expect(made.output).toContain(`${stack.url}/auth/break-glass`);
    const code = codeIn(made.output);
    const browser = new Browser();
    const page = await browser.open(`${stack.url}/auth/break-glass`);
    expect(page.status).toBe(200);
    expect(page.headers.get('cache-control')).toBe('no-store');
    const landed = await browser.submit(page, '/auth/break-glass', { code });
    expect(landed.trail.join()).not.toContain(code);
    const me = await stack.api(browser, '/v1/me');
    expect(me.body).toMatchObject({
      user: { email: 'ada@acme.com' },
      organization: { id: ACME.organization, name: 'Acme' },
      roles: ['admin'],
      permissions: expect.arrayContaining(['invoices:read', 'organization:manage']),
      session: { method: 'break_glass', connectionId: null },
    });
    const { authenticatedAt, expiresAt } = (me.body?.['session'] ?? {}) as Record<string, string>;
    expect(Date.parse(expiresAt ?? '') - Date.parse(authenticatedAt ?? '')).toBe(3_600_000);
    expect(await redeem(code)).toMatchObject({ status: 403, body: { code: 'break_glass_refused' } });
    expect(await audits('break_glass.issued')).toMatchObject([{ details: { why: REASON, minutes: 5 } }]);
    expect(await audits('break_glass.used')).toMatchObject([{ user_id: expect.stringMatching(/^user_/) }]);
    const kept = await stack.query('select * from break_glass_passes');
    expect(JSON.stringify([kept, await audits('break_glass.used')])).not.toContain(code);
  });

  it('is good for one of twenty that come at once, on two nodes', async () => {
    const code = await pass();
    const refusals = await refusalsOf(async () => {
      const answers = await atOnce(code);
      expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
      expect(answers.filter(({ body }) => body?.code === 'break_glass_refused')).toHaveLength(19);
    });
    expect(refusals).toEqual(Array(19).fill(await known('used')));
  });

  it('is no more good when its minutes are over', async () => {
    const code = await pass('--minutes', '1');
    stack.moveClock(61);
    const refusals = await refusalsOf(async () =>
      expect(await redeem(code)).toMatchObject({ status: 403, body: { code: 'break_glass_refused' } }),
    );
    expect(refusals).toEqual([await known('expired')]);
  });

  it.each([
    ['cannot be asked', 503, 'store_unavailable', new ProblemError('store_unavailable')],
    ['fails', 500, 'internal_error', new Error('no')],
  ])('is good again where a store %s, and once all the same', async (_, status, code, failure) => {
    const given = await pass();
    jest.spyOn(stack.app.get(SessionsService, { strict: false }), 'issue').mockRejectedValueOnce(failure);
    const refusals = await refusalsOf(async () =>
      expect(await redeem(given)).toMatchObject({ status, body: { code }, setCookies: [] }),
    );
    expect(refusals).toEqual([await known(code)]);
    const answers = await atOnce(given);
    expect(answers.filter((answer) => answer.status === 303)).toHaveLength(1);
    expect(answers.filter(({ body }) => body?.code === 'break_glass_refused')).toHaveLength(19);
  });

  it('is for one person, whatever becomes of the address; one of an earlier version is for whoever has it', async () => {
    const [own, old] = [await pass(), await pass()];
    await stack.query('update break_glass_passes set user_id = null where code_hash = $1', [codeHashOf(old)]);
    const ada = await adaId();
    const twin = ['user_01HGATEH0VSETW1N0000000001', ACME.organization];
    await stack.query(
      `insert into users (id, email, created_at, updated_at) values ($1, 'ada@acme.com', now(), now())`,
      [twin[0]],
    );
    await stack.query(
      `insert into memberships (user_id, organization_id, roles, updated_at) values ($1, $2, '{}', now())`,
      twin,
    );
    expect((await redeem(own)).status).toBe(303);
    expect(await audits('break_glass.used')).toContainEqual(expect.objectContaining({ user_id: ada }));
    const refusals = await refusalsOf(() => redeem(old));
    expect(refusals).toMatchObject([{ reason: 'not_a_member', user_id: null }]);
    await stack.query('delete from memberships where user_id = $1 and organization_id = $2', twin);
    const alone = await pass();
    await stack.query('update break_glass_passes set user_id = null where code_hash = $1', [
      codeHashOf(alone),
    ]);
    expect((await redeem(alone)).status).toBe(303);
  });

  it.each([
    ['are in no group that they need', 'group_required', { requiredGroups: ['Nobody is in it'] }],
    ['are a guest, and guests are kept out', 'guest_not_allowed', { guests: 'deny' }],
  ])('does not let in who %s', async (_, reason, change) => {
    const [before] = await stack.query<{ policy: object }>(
      'select policy from organization_policies where organization_id = $1',
      [ACME.organization],
    );
    const set = (policy: object) =>
      stack.query('update organization_policies set policy = $2 where organization_id = $1', [
        ACME.organization,
        policy,
      ]);
    const verified = (domain: string) =>
      stack.query('update organization_domains set domain = $2 where organization_id = $1', [
        ACME.organization,
        domain,
      ]);
    const code = await pass();
    await set({ ...before?.policy, ...change });
    if (reason === 'guest_not_allowed') await verified('acme.example');
    const refusals = await refusalsOf(async () =>
      expect(await redeem(code)).toMatchObject({ status: 403, body: { code: 'break_glass_refused' } }),
    );
    await verified('acme.com');
    await set(before?.policy ?? {});
    expect(refusals).toEqual([await known(reason)]);
    expect((await redeem(await pass())).status).toBeLessThan(400);
  });

  it('does not let in whoever has left since, or whose sessions were ended since', async () => {
    const [left, ended] = [await pass(), await pass()];
    const ada = await adaId();
    const refusals = await refusalsOf(async () => {
      await stack.query(`update memberships set status = 'inactive' where user_id = $1`, [ada]);
      expect(await redeem(left)).toMatchObject({ status: 403, body: { code: 'break_glass_refused' } });
      await stack.query(`update memberships set status = 'active' where user_id = $1`, [ada]);
      await stack.query(`insert into session_revocations values ('user', $1, now())`, [ada]);
      expect(await redeem(ended)).toMatchObject({ status: 403, body: { code: 'session_revoked' } });
      expect(await redeem(ended)).toMatchObject({ status: 403, body: { code: 'break_glass_refused' } });
    });
    expect(refusals).toEqual([
      await known('account_deactivated'),
      await known('session_revoked'),
      await known('used'),
    ]);
    await stack.query('delete from session_revocations');
  });

  it.each(['', 'x', 'a'.repeat(43), 'a'.repeat(200), `${'a'.repeat(42)}'`, '\0'.repeat(43)])(
    'is not guessed: %j is refused',
    async (code) => {
      const answer = await redeem(code);
      expect(answer).toMatchObject({ status: 403, body: { code: 'break_glass_refused' } });
      expect(answer.setCookies).toEqual([]);
    },
  );

  it('is guessed without filling the log', async () => {
    const refusals = await refusalsOf(async () => {
      for (let at = 0; at < 10; at++) await redeem(randomBytes(32).toString('base64url'));
    });
    // A minute may have begun in between.
    expect(refusals.length).toBeLessThanOrEqual(2);
  });

  it('is not redeemed by the page of another site, nor through an address', async () => {
    const code = await pass();
    const foreign: Record<string, string>[] = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site', origin: stack.url },
      { origin: 'https://evil.example' },
      { origin: 'null' },
    ];
    for (const headers of foreign) {
      const answer = await redeem(code, headers);
      expect(answer).toMatchObject({ status: 403, body: { code: 'cross_origin' }, setCookies: [] });
    }
    expect((await audits('access.refused')).map(({ reason }) => reason)).toContain('cross_origin');
    expect((await send(stack.url, `/auth/break-glass?code=${code}`)).setCookies).toEqual([]);
    expect((await redeem(code, { 'sec-fetch-site': 'same-origin' })).status).toBe(303);
    expect((await redeem(await pass(), { origin: stack.url })).status).toBe(303);
  });

  it.each<[string, string[], number, RegExp]>([
    ['nothing', [], 2, /--organization is missing\n--email is missing\n--reason is missing\n\nUsage/],
    [
      'no reason',
      ['--organization', ACME.organization, '--email', 'ada@acme.com', '--reason', ' '],
      2,
      /--reason must say why, in at least 5 characters/,
    ],
    ['two addresses', [...forAda, '--email', 'grace@globex.com'], 2, /--email is given twice/],
    ['a user that is none', [...forAda, '--user', 'ada'], 2, /--user must be an id/],
    ['too many minutes', [...forAda, '--minutes', '61'], 2, /--minutes must be a whole number from 1 to 60/],
    ['no minutes', [...forAda, '--minutes', '0'], 2, /--minutes must be/],
    ['an unknown option', [...forAda, '--force'], 2, /Unknown option/],
    [
      'no id',
      ['--organization', "' or 1=1", '--email', 'ada@acme.com', '--reason', REASON],
      2,
      /--organization must be/,
    ],
    [
      'a stranger',
      ['--organization', ACME.organization, '--email', 'eve@acme.com', '--reason', REASON],
      1,
      /No pass/,
    ],
    [
      'a member of another organization',
      ['--organization', GLOBEX.organization, '--email', 'ada@acme.com', '--reason', REASON],
      1,
      /No pass/,
    ],
  ])('is not made for %s', async (_, args, exitCode, text) => {
    const before = await stack.query('select id from break_glass_passes');
    const result = await command(args);
    expect(result).toMatchObject({ exitCode, text: expect.stringMatching(text) });
    expect(await stack.query('select id from break_glass_passes')).toEqual(before);
  });

  it('is explained to whoever asks, database or not', async () => {
    for (const databaseUrl of [stack.database.url, null, 'garbage'])
      expect(await breakGlassCommand({ databaseUrl, appUrl: stack.url }, ['--help'])).toMatchObject({
        exitCode: 0,
        text: expect.stringMatching(/^Usage: npm run break-glass/),
      });
  });

  it.each([
    [null, /^DATABASE_URL is not set/],
    ['garbage', /^DATABASE_URL must be a postgres:\/\/ URL\.$/],
  ])('is not made without a database: %j', async (databaseUrl, text) => {
    expect(await breakGlassCommand({ databaseUrl, appUrl: stack.url }, forAda)).toMatchObject({
      exitCode: 2,
      text: expect.stringMatching(text),
    });
  });
});
