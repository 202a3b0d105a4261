import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Browser, type Visit } from './support/browser.js';
import { ACME, GLOBEX, Stack } from './support/stack.js';
import { send } from './support/wire.js';

interface Choice {
  readonly code: string;
  readonly state: string;
  readonly organizations: { id: string; name: string }[];
}

describe('a person who belongs to several organizations', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await Stack.start('authkit');
  });
  beforeEach(() => stack.control('/reset'));
  afterAll(() => stack.stop());

  /** The hosted page does not say which organization, so WorkOS asks for it at the exchange. */
  const callbackOf = async (browser: Browser): Promise<string> => {
    const stopBefore = (url: string) => url.startsWith(`${stack.url}/auth/callback`);
    const hosted = await browser.open(`${stack.url}/auth/login?return_to=/reports`);
    const idp = await browser.submit(hosted, 'name="email"', { email: 'sam@acme.com' });
    const answer = await browser.submit(idp, 'name="email"', { email: 'sam@acme.com' });
    const page = await browser.submit(answer, 'SAMLResponse', {}, { stopBefore });
    const visit = page.text.includes('organization_id')
      ? await browser.submit(page, 'organization_id', { organization_id: ACME.organization }, { stopBefore })
      : page;
    await stack.control('/settings', { organization_selections: 1 });
    return visit.trail.at(-1) ?? '';
  };
  const asked = async (browser: Browser): Promise<Visit> => browser.open(await callbackOf(browser));
  const me = async (browser: Browser) => (await stack.api(browser, '/v1/me')).body;
  const choose = (browser: Browser, json: unknown) =>
    stack.api(browser, '/auth/organization', { method: 'POST', json });
  const askedAsScript = async (browser: Browser): Promise<Choice> => {
    const callback = new URL(await callbackOf(browser));
    const answer = await stack.api(browser, callback.pathname + callback.search);
    expect(answer.status).toBe(200);
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const at = pair.indexOf('=');
      browser.setCookie(stack.url, pair.slice(0, at), pair.slice(at + 1));
    }
    return answer.body as unknown as Choice;
  };

  it('chooses one on a page, without scripts, and lands where they wanted to go', async () => {
    const browser = new Browser();
    const page = await asked(browser);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.text).toContain('Acme');
    expect(page.text).toContain('Globex');
    expect(browser.cookie(stack.url, 'session')).toBeUndefined();
    const landed = await browser.submit(page, '/auth/organization', { organization_id: ACME.organization });
    expect(landed.url).toBe(`${stack.url}/reports`);
    expect(await me(browser)).toMatchObject({
      user: { email: 'sam@acme.com' },
      organization: { id: ACME.organization },
      roles: ['member'],
    });
    expect(
      [...(browser.cookies.get('localhost')?.keys() ?? [])].filter((name) => name.startsWith('login-')),
    ).toEqual([]);
  });

  it('chooses one as a script', async () => {
    const browser = new Browser();
    const { code, state, organizations } = await askedAsScript(browser);
    expect(code).toBe('organization_selection_required');
    expect(organizations.map(({ id }) => id).toSorted()).toEqual(
      [ACME.organization, GLOBEX.organization].toSorted(),
    );
    const answer = await choose(browser, { state, organization_id: ACME.organization });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `${stack.url}/reports`]);
    expect(answer.headers.getSetCookie().join()).toMatch(/(^|,)session=[A-Za-z0-9_-]{43};/);
  });

  it('is not asked where the sign-in was started for one of them', async () => {
    const browser = new Browser();
    await stack.control('/settings', { organization_selections: 1 });
    const visit = await stack.signIn(
      browser,
      'sam@acme.com',
      `/auth/login?organization=${ACME.organization}&return_to=/own`,
    );
    expect(visit.url).toBe(`${stack.url}/own`);
    expect(await me(browser)).toMatchObject({ organization: { id: ACME.organization } });
  });

  it('may not choose an organization that was not offered', async () => {
    const browser = new Browser();
    const { state } = await askedAsScript(browser);
    await stack.control('/requests', undefined, 'DELETE');
    const answer = await choose(browser, { state, organization_id: 'org_test_idp' });
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
    expect(await stack.upstreamCalls('/user_management/authenticate')).toBe(0);
    const again = await choose(browser, { state, organization_id: ACME.organization });
    expect(again).toMatchObject({ status: 400, body: { code: 'state_replayed' } });
  });

  it('chooses once', async () => {
    const browser = new Browser();
    const { state } = await askedAsScript(browser);
    const body = { state, organization_id: ACME.organization };
    const answers = await Promise.all(Array.from({ length: 5 }, () => choose(browser, body)));
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(answers.filter(({ body: problem }) => problem?.code === 'state_replayed')).toHaveLength(4);
    expect(await choose(browser, body)).toMatchObject({ status: 400, body: { code: 'state_replayed' } });
  });

  it('chooses in the browser that was asked', async () => {
    const browser = new Browser();
    const { state } = await askedAsScript(browser);
    const body = { state, organization_id: ACME.organization };
    expect(await choose(new Browser(), body)).toMatchObject({ status: 400, body: { code: 'invalid_state' } });
    expect((await choose(browser, body)).status).toBe(303);
  });

  it('chooses on a page of ours, though they have no session yet', async () => {
    const browser = new Browser();
    const { state } = await askedAsScript(browser);
    const json = { state, organization_id: ACME.organization };
    const elsewhere = { method: 'POST', json, headers: { 'sec-fetch-site': 'cross-site' } };
    const refused = await stack.api(browser, '/auth/organization', elsewhere);
    expect(refused).toMatchObject({ status: 403, body: { code: 'cross_origin' } });
    expect((await choose(browser, json)).status).toBe(303);
  });

  it('cannot open the callback again while the choice is open', async () => {
    const browser = new Browser();
    const callback = await callbackOf(browser);
    const page = await browser.open(callback);
    expect(page.status).toBe(200);
    const again = await browser.open(callback);
    expect(new URL(again.url).searchParams.get('error')).toBe('state_replayed');
    const landed = await browser.submit(page, '/auth/organization', { organization_id: ACME.organization });
    expect(landed.url).toBe(`${stack.url}/reports`);
  });

  it('does not choose with the state of an ordinary sign-in', async () => {
    const browser = new Browser();
    const callback = new URL(await stack.callbackOf(browser, 'ada@acme.com'));
    const body = { state: callback.searchParams.get('state'), organization_id: ACME.organization };
    expect(await choose(browser, body)).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
  });

  it('shows what names are, not what markup they hold', async () => {
    const organization = stack.sandbox.state.organization(ACME.organization);
    if (!organization) throw new Error('Acme is in the seed');
    organization.name = `<script>"Acme" & 'sons'</script>`;
    const page = await asked(new Browser());
    expect(page.text).toContain('&lt;script&gt;&quot;Acme&quot; &amp; &#39;sons&#39;&lt;/script&gt;');
    expect(page.text).not.toContain('<script>"Acme"');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const css = /href="([^"]+\.css)"/.exec(page.text)?.[1] ?? '';
    expect((await send(stack.url, css)).status).toBe(200);
  });
});
