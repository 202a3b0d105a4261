import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, Post } from '@nestjs/common';
import { AllowImpersonation, OptionalAuth, RequireRecentAuth } from '../src/auth/index.js';
import { decodeJwt, type JWTPayload } from 'jose';
import supertest from 'supertest';
import { Browser } from './support/browser.js';
import { call, signed, userTokens } from './support/credentials.js';
import { MODES, Stack } from './support/stack.js';

@Controller('v1/secrets')
class SecretsController {
  @RequireRecentAuth(300)
  @Get()
  read() {
    return { secret: 'shown' };
  }

  @Post()
  write() {
    return { written: true };
  }

  @OptionalAuth()
  @Post('visits')
  visit() {
    return { written: true };
  }

  @AllowImpersonation()
  @Post('note')
  note() {
    return { written: true };
  }
}

@Module({ controllers: [SecretsController] })
class SecretsModule {}

describe.each(MODES)('a proof that must be recent (%s)', (mode) => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await Stack.start(mode, {}, [SecretsModule]);
  });
  afterAll(() => stack.stop());

  const secrets = (browser: Browser) => stack.api(browser, '/v1/secrets');

  it('is asked of an API caller by a challenge that says how', async () => {
    const browser = await stack.signedIn('ada@acme.com');
    const { status, headers, body } = await secrets(browser);
    expect([status, body?.code]).toEqual([401, 'reauthentication_required']);
    expect(headers.get('www-authenticate')).toContain('max_age=300');
  });

  it('is asked of a person at their identity provider, who then comes back', async () => {
    const browser = await stack.signedIn('ada@acme.com');
    const before = browser.cookie(stack.url, 'session');
    // Node's own `fetch` cannot say that it navigates.
    const page = await supertest(stack.url)
      .get('/v1/secrets')
      .set({ cookie: browser.cookieHeader(stack.url), 'sec-fetch-mode': 'navigate' });
    expect(page.status).toBe(302);
    const idp = await browser.open(new URL(String(page.headers['location']), stack.url).href);
    expect(idp.url).toContain('/idp/');
    const answer = await browser.submit(idp, 'name="email"', { email: 'ada@acme.com' });
    const end = await browser.submit(answer, 'SAMLResponse');
    expect([end.url, end.text]).toEqual([`${stack.url}/v1/secrets`, '{"secret":"shown"}']);
    expect(browser.cookie(stack.url, 'session')).not.toBe(before);
    expect((await secrets(browser)).status).toBe(200);
  });

  it('is too old after its time', async () => {
    const browser = new Browser();
    await stack.signIn(
      browser,
      'ada@acme.com',
      '/auth/login?reauthenticate=true&connection=conn_01HGATEH0VSEACME0000000001',
    );
    expect((await secrets(browser)).status).toBe(200);
    stack.moveClock(301);
    expect((await secrets(browser)).status).toBe(401);
    stack.moveClock(0);
  });

  it('is none where the identity provider did not ask', async () => {
    const browser = await stack.signedIn('ada@acme.com');
    await browser.open(`${stack.url}/auth/login?connection=conn_01HGATEH0VSEACME0000000001`);
    expect((await secrets(browser)).body?.code).toBe('reauthentication_required');
  });
});

describe('a proof that must be recent, by an access token', () => {
  let stack: Stack;
  let fresh: string;
  beforeAll(async () => {
    stack = await Stack.start('authkit', {}, [SecretsModule]);
    fresh = (await userTokens(stack, 'ada@acme.com')).accessToken;
  });
  afterAll(() => stack.stop());

  const secretsBy = async (changes: JWTPayload) =>
    call(stack, await signed(stack, { ...decodeJwt(fresh), ...changes }), '/v1/secrets');
  const secondsAgo = (seconds: number) => Math.floor(Date.now() / 1000) - seconds;

  it('is the sign-in at AuthKit, as long as that is not too old', async () => {
    expect((await call(stack, fresh, '/v1/secrets')).status).toBe(200);
    expect((await secretsBy({ auth_time: secondsAgo(295) })).status).toBe(200);
  });

  it.each<[string, () => JWTPayload]>([
    ['its time is over, however young the token is', () => ({ auth_time: secondsAgo(301) })],
    ['the token does not say when it was', () => ({ auth_time: null })],
    ['somebody acts as the person', () => ({ act: { sub: 'kim@support.example' } })],
  ])('is asked for by a challenge where %s', async (_, changes) => {
    const { status, headers, body } = await secretsBy(changes());
    expect([status, body?.code]).toEqual([401, 'reauthentication_required']);
    const challenge = headers.get('www-authenticate');
    expect(challenge).toMatch(/^Bearer error="insufficient_user_authentication", .*max_age=300$/);
    expect((await call(stack, fresh)).status).toBe(200);
  });
});

const NAMED = { impersonator: 'kim@support.example', impersonationReason: 'ticket 42' };

describe('somebody who acts as another person', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await Stack.start('authkit', { IDP_INITIATED: 'allow' }, [SecretsModule]);
  });
  afterAll(() => stack.stop());

  it('sees what the person sees, changes nothing that is not opened to them, and is named beside the person', async () => {
    await stack.signedIn('ada@acme.com');
    const ada = stack.sandbox.state.users.find(({ email }) => email === 'ada@acme.com');
    const { url } = await stack.control('/impersonations', {
      user_id: ada?.id,
      organization_id: 'org_01HGATEH0VSEACME0000000001',
      impersonator: 'kim@support.example',
      reason: 'ticket 42',
    });
    const browser = new Browser();
    await browser.open(String(url));
    const me = await stack.api(browser, '/v1/me');
    expect(me.body).toMatchObject({
      user: { email: 'ada@acme.com' },
      session: { impersonator: { email: 'kim@support.example', reason: 'ticket 42' } },
    });
    const write = await stack.api(browser, '/v1/secrets', { method: 'POST' });
    expect([write.status, write.body?.code]).toEqual([403, 'impersonation_read_only']);
    const visit = await stack.api(browser, '/v1/secrets/visits', { method: 'POST' });
    expect([visit.status, visit.body?.code]).toEqual([403, 'impersonation_read_only']);
    expect((await stack.api(new Browser(), '/v1/secrets/visits', { method: 'POST' })).status).toBe(201);
    expect((await stack.api(browser, '/v1/secrets/note', { method: 'POST' })).status).toBe(201);
    const policy = await stack.api(browser, '/v1/organization/policy', {
      method: 'PATCH',
      json: { guests: 'allow' },
    });
    expect(policy.body?.code).toBe('impersonation_read_only');
    const records = await stack.query<{ user_id: string; details: object }>(
      "select user_id, details from audit_events where reason = 'impersonation_read_only'",
    );
    expect(records).toHaveLength(3);
    for (const record of records) expect(record).toMatchObject({ user_id: ada?.id, details: NAMED });
    const out = await stack.api(browser, '/auth/logout', { method: 'POST' });
    expect(out.status).toBe(200);
    const told = await stack.query<{ user_id: string; details: object }>(
      `select action, user_id, details from audit_events where session_id = $1 order by id`,
      [(me.body as unknown as { session: { id: string } }).session.id],
    );
    expect(told.length).toBeGreaterThan(2);
    for (const record of told) expect(record).toMatchObject({ user_id: ada?.id, details: NAMED });
  });

  it('is named where they are refused, and not where somebody else comes after them', async () => {
    const ada = stack.sandbox.state.users.find(({ email }) => email === 'ada@acme.com');
    const start = async () =>
      String(
        (
          await stack.control('/impersonations', {
            user_id: ada?.id,
            organization_id: 'org_01HGATEH0VSEACME0000000001',
            impersonator: 'kim@support.example',
            reason: 'ticket 42',
          })
        )['url'],
      );
    const browser = new Browser();
    await browser.open(await start());
    await stack.signIn(browser, 'ada@acme.com');
    const [own] = await stack.query<{ details: object }>(
      "select details from audit_events where action = 'sign_in.succeeded' order by id desc limit 1",
    );
    expect(own?.details).toEqual({ method: 'sso' });
    await stack.query('update users set deleted_at = now() where id = $1', [ada?.id]);
    await new Browser().open(await start());
    await stack.query('update users set deleted_at = null where id = $1', [ada?.id]);
    const [refused] = await stack.query<{ reason: string; details: object }>(
      "select reason, details from audit_events where action = 'sign_in.refused' order by id desc limit 1",
    );
    expect(refused).toEqual({ reason: 'account_deactivated', details: NAMED });
  });
});
