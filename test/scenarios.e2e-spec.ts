import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Browser, type Visit } from './support/browser.js';
import { ACME, GLOBEX, MODES, Stack } from './support/stack.js';

const AS_GUEST = `/auth/login?organization=${ACME.organization}`;

describe.each(MODES)("WorkOS's four test scenarios with SIGN_IN=%s", (mode) => {
  let stack: Stack;
  let allowing: Stack;
  let denying: Stack;
  beforeAll(async () => {
    stack = await Stack.start(mode);
    [allowing, denying] = await Promise.all([
      stack.addNode({ IDP_INITIATED: 'allow', GUESTS: 'allow' }),
      stack.addNode({ IDP_INITIATED: 'deny' }),
    ]);
  });
  afterEach(() => stack.control('/reset'));
  afterAll(async () => {
    await Promise.all([allowing.stop(), denying.stop()]);
    await stack.stop();
  });

  const person = async (browser: Browser): Promise<unknown> => {
    const { body } = await stack.api(browser, '/v1/me');
    return (body as { user?: { email: string } } | null)?.user?.email ?? null;
  };
  const session = (browser: Browser) => browser.cookie(stack.url, 'session');
  const beforeCallback = {
    stopBefore: (url: string) => url.startsWith(`${stack.url}/auth/callback`),
  };
  /** The callback of an IdP-initiated sign-in, which carries a code and no state. */
  const unasked = async (email: string, connection = ACME.connection): Promise<string> => {
    const visit = await stack.openFromIdp(new Browser(), email, connection, beforeCallback);
    const callback = visit.trail.at(-1) ?? '';
    expect(callback).toMatch(/\/auth\/callback\?code=[^&]+$/);
    return callback;
  };
  const at = (node: Stack, url: string) => url.replace(stack.url, node.url);
  const refusal = (visit: Visit) => {
    const url = new URL(visit.url);
    return { page: url.pathname, error: url.searchParams.get('error') };
  };

  describe('service provider-initiated', () => {
    it.each([
      ['an e-mail', 'email=alan%40acme.com'],
      ['an organization', `organization=${ACME.organization}`],
      ['a connection', `connection=${ACME.connection}`],
    ])('goes from %s to the identity provider and back to where it began', async (_selector, query) => {
      const browser = new Browser();
      const path = `/auth/login?${query}&return_to=%2Freports%3Fpage%3D2`;
      const landed = await stack.signIn(browser, 'alan@acme.com', path);
      expect(landed.url).toBe(`${stack.url}/reports?page=2`);
      const { body } = await stack.api(browser, '/v1/me');
      expect(body).toMatchObject({
        user: { email: 'alan@acme.com' },
        organization: { id: ACME.organization },
        permissions: ['invoices:read'],
        session: { method: 'sso' },
      });
    });

    it('has an answer for an e-mail domain that no organization owns', async () => {
      const visit = await new Browser().open(`${stack.url}/auth/login?email=free@lancer.example`);
      if (mode === 'sso') expect(refusal(visit)).toEqual({ page: '/sign-in', error: 'no_sso_for_domain' });
      else {
        expect(visit.url).toMatch(new RegExp(`^${stack.sandbox.url}/authkit/`));
        expect(visit.text).toContain('value="free@lancer.example"');
      }
    });

    it('asks where to, or shows the hosted page, when nothing is said', async () => {
      const visit = await new Browser().open(`${stack.url}/auth/login?return_to=/reports`);
      if (mode === 'sso') expect(visit.url).toBe(`${stack.url}/sign-in?return_to=%2Freports`);
      else expect(visit.url).toMatch(new RegExp(`^${stack.sandbox.url}/authkit/`));
    });
  });

  describe('identity provider-initiated', () => {
    it('starts again from here by default, for a code without state', async () => {
      const browser = new Browser();
      const asked = await stack.openFromIdp(browser, 'ada@acme.com');
      expect(asked.trail.some((url) => url.startsWith(`${stack.url}/auth/callback?code=`))).toBe(true);
      expect(asked.url).toContain(`/idp/${ACME.connection}/sso?`);
      expect(session(browser)).toBeUndefined();
      const answer = await browser.submit(asked, 'name="email"', { email: 'ada@acme.com' });
      expect((await browser.submit(answer, 'SAMLResponse')).url).toBe(`${stack.url}/`);
      expect(await person(browser)).toBe('ada@acme.com');
    });

    it('starts again from here when WorkOS only names the connection', async () => {
      await stack.control(`/connections/${ACME.connection}`, { idp_initiated: 'disabled' });
      const browser = new Browser();
      const asked = await stack.openFromIdp(browser, 'ada@acme.com');
      const callback = asked.trail.find((url) => url.startsWith(`${stack.url}/auth/callback`)) ?? '';
      expect(new URL(callback).searchParams.get('error')).toBe('idp_initiated_sso_disabled');
      expect(asked.url).toContain(`/idp/${ACME.connection}/sso?`);
      const answer = await browser.submit(asked, 'name="email"', { email: 'ada@acme.com' });
      expect((await browser.submit(answer, 'SAMLResponse')).url).toBe(`${stack.url}/`);
      expect(await person(browser)).toBe('ada@acme.com');
    });

    it('starts at the sign-in endpoint with connection_id', async () => {
      await stack.control(`/connections/${ACME.connection}`, { idp_initiated: 'sign_in_endpoint' });
      const browser = new Browser();
      const asked = await stack.openFromIdp(browser, 'ada@acme.com');
      expect(asked.trail).toContain(`${stack.url}/auth/login?connection_id=${ACME.connection}`);
      const answer = await browser.submit(asked, 'name="email"', { email: 'ada@acme.com' });
      await browser.submit(answer, 'SAMLResponse');
      expect(await person(browser)).toBe('ada@acme.com');
    });

    it('throws the profile of a code without state away', async () => {
      const victim = new Browser();
      const asked = await victim.open(await unasked('grace@globex.com', GLOBEX.connection));
      expect(asked.url).toContain(`/idp/${GLOBEX.connection}/sso?`);
      expect(session(victim)).toBeUndefined();
      const rows = await stack.query(`select 1 from users where email = 'grace@globex.com'`);
      expect(rows).toEqual([]);
    });

    it('creates the session directly where IDP_INITIATED=allow', async () => {
      const browser = new Browser();
      const landed = await browser.open(at(allowing, await unasked('ada@acme.com')));
      expect(landed.trail.slice(1)).toEqual([`${stack.url}/`]);
      expect(await person(browser)).toBe('ada@acme.com');
    });

    it('refuses where IDP_INITIATED=deny, as a page and as a problem, and exchanges nothing', async () => {
      const callback = at(denying, await unasked('ada@acme.com'));
      await stack.control('/requests', undefined, 'DELETE');
      const browser = new Browser();
      expect(refusal(await browser.open(callback))).toEqual({
        page: '/sign-in',
        error: 'idp_initiated_denied',
      });
      const byName = `${denying.url}/auth/callback?error=idp_initiated_sso_disabled&connection_id=${ACME.connection}`;
      for (const url of [callback, byName]) {
        const answer = await denying.api(browser, url.slice(denying.url.length));
        expect(answer).toMatchObject({ status: 403, body: { code: 'idp_initiated_denied' } });
      }
      expect(browser.cookies.get('localhost')?.size).toBe(0);
      expect(await stack.upstreamCalls('/sso/token')).toBe(0);
      expect(await stack.upstreamCalls('/user_management/authenticate')).toBe(0);
    });

    it.each(['restart', 'allow'])('leaves a pending sign-in alone (%s)', async (how) => {
      const node = how === 'allow' ? allowing : stack;
      const browser = new Browser();
      const pending = await stack.callbackOf(
        browser,
        'alan@acme.com',
        '/auth/login?email=alan@acme.com&return_to=/mine',
      );
      const names = [...(browser.cookies.get('localhost')?.keys() ?? [])].filter((name) =>
        name.startsWith('login-'),
      );
      expect(names).toHaveLength(1);
      await browser.open(at(node, await unasked('alan@acme.com')));
      expect([...(browser.cookies.get('localhost')?.keys() ?? [])]).toEqual(expect.arrayContaining(names));
      expect((await browser.open(pending)).url).toBe(`${stack.url}/mine`);
      expect(await person(browser)).toBe('alan@acme.com');
    });

    it('never takes the place of the session of somebody else', async () => {
      const browser = await stack.signedIn('ada@acme.com');
      const token = session(browser);
      const direct = await browser.open(at(allowing, await unasked('alan@acme.com')));
      expect(refusal(direct)).toEqual({ page: '/sign-in', error: 'session_conflict' });

      const asked = await browser.open(await unasked('alan@acme.com'));
      const answer = await browser.submit(asked, 'name="email"', { email: 'alan@acme.com' });
      const restarted = await browser.submit(answer, 'SAMLResponse');
      expect(refusal(restarted)).toEqual({ page: '/sign-in', error: 'session_conflict' });

      const linked = await stack.signIn(
        browser,
        'alan@acme.com',
        `/auth/login?connection_id=${ACME.connection}`,
      );
      expect(refusal(linked)).toEqual({ page: '/sign-in', error: 'session_conflict' });

      expect(session(browser)).toBe(token);
      expect(await person(browser)).toBe('ada@acme.com');
    });

    it('renews the session of the same person', async () => {
      const browser = await stack.signedIn('ada@acme.com');
      const token = session(browser);
      await browser.open(at(allowing, await unasked('ada@acme.com')));
      expect(session(browser)).not.toBe(token);
      expect(await person(browser)).toBe('ada@acme.com');
    });
  });

  describe('guest e-mail domain', () => {
    it('is refused where GUESTS=deny', async () => {
      const browser = new Browser();
      const callback = await stack.callbackOf(browser, 'pat@partner.example', AS_GUEST);
      const script = await stack.api(browser, callback.slice(stack.url.length));
      expect(script).toMatchObject({ status: 403, body: { code: 'guest_not_allowed' } });
      const visit = await stack.signIn(new Browser(), 'pat@partner.example', AS_GUEST);
      expect(refusal(visit)).toEqual({ page: '/sign-in', error: 'guest_not_allowed' });
      expect(await stack.query(`select 1 from users where email = 'pat@partner.example'`)).toEqual([]);
    });

    it('is signed in where GUESTS=allow', async () => {
      const browser = new Browser();
      const callback = await stack.callbackOf(browser, 'pat@partner.example', AS_GUEST);
      expect((await browser.open(at(allowing, callback))).url).toBe(`${stack.url}/`);
      const { body } = await stack.api(browser, '/v1/me');
      expect(body).toMatchObject({
        user: { email: 'pat@partner.example' },
        organization: { id: ACME.organization },
      });
    });

    it('is refused by WorkOS itself where the organization does not let guests in', async () => {
      const off = { allow_profiles_outside_organization: false };
      await stack.control(`/organizations/${ACME.organization}`, off);
      const visit = await stack.signIn(new Browser(), 'pat@partner.example', AS_GUEST);
      expect(refusal(visit)).toEqual({ page: '/sign-in', error: 'idp_error' });
      expect(new URL(visit.url).searchParams.get('idp_error')).toBe(
        'profile_not_allowed_outside_organization',
      );
      const browser = new Browser();
      const callback = await stack.callbackOf(browser, 'pat@partner.example', AS_GUEST);
      expect(await stack.api(browser, callback.slice(stack.url.length))).toMatchObject({
        status: 403,
        body: { code: 'idp_error', idpError: 'profile_not_allowed_outside_organization' },
      });
    });
  });

  describe('error response', () => {
    const refuse = async (browser: Browser, options = {}): Promise<Visit> => {
      const idp = await browser.open(`${stack.url}/auth/login?email=ada@acme.com`);
      const answer = await browser.submit(idp, 'name="error"', { error: 'AuthnFailed' });
      return browser.submit(answer, 'SAMLResponse', {}, options);
    };

    it('ends on the sign-in page with the reason, signed out and able to start again', async () => {
      const browser = new Browser();
      const visit = await refuse(browser);
      expect(refusal(visit)).toEqual({ page: '/sign-in', error: 'idp_error' });
      expect(new URL(visit.url).searchParams.get('idp_error')).toBe('access_denied');
      expect(browser.cookies.get('localhost')?.size).toBe(0);
      expect((await stack.signIn(browser, 'ada@acme.com')).url).toBe(`${stack.url}/`);
    });

    it('shows a documented code alone, and keeps every other for the audit log', async () => {
      const browser = new Browser();
      const visit = await refuse(browser, beforeCallback);
      const callback = new URL(visit.trail.at(-1) ?? '');
      callback.searchParams.set('error', '<b>new_code</b>');
      callback.searchParams.set('error_description', 'Call 555-0100 and tell us your password');
      const answer = await stack.api(browser, callback.href.slice(stack.url.length));
      expect(answer).toMatchObject({ status: 403, body: { code: 'idp_error' } });
      expect(JSON.stringify({ ...answer.body, requestId: '' })).not.toMatch(/new_code|555/);
      const rows = await stack.query<{ details: unknown }>(
        'select details from audit_events order by id desc limit 1',
      );
      expect(JSON.stringify(rows)).toContain('_b_new_code__b_');
    });

    it('is told apart from nothing when the identity provider sends it unasked', async () => {
      const start = await new Browser().open(`${stack.sandbox.url}/idp/${ACME.connection}`);
      const browser = new Browser();
      const answer = await browser.submit(start, 'name="error"', { error: 'AuthnFailed' });
      const visit = await browser.submit(answer, 'SAMLResponse');
      expect(refusal(visit)).toEqual({ page: '/sign-in', error: 'idp_error' });
    });
  });
});
