import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sdk } from '../application.factory.js';
import { ScriptedBrowser, type VisitedPage } from '../scripted-browser.js';
import { startSandbox, type RunningSandbox } from '../server.js';
import { differences } from '../workos-document.factory.js';

const ACME = 'org_01HGATEH0VSEACME0000000001';
const CONNECTION = 'conn_01HGATEH0VSEACME0000000001';
const GLOBEX_CONNECTION = 'conn_01HGATEH0VSEG10BEX00000001';
const DIRECTORY = 'directory_01HGATEH0VSEACME0000000001';

let sandbox: RunningSandbox;
let browser: ScriptedBrowser;
beforeAll(async () => {
  sandbox = await startSandbox({ appUrl: 'http://localhost:3999' });
});
beforeEach(async () => {
  await control('/reset');
  browser = new ScriptedBrowser(sandbox.url);
});
afterAll(() => sandbox.close());

function post(path: string, json: unknown): Promise<Response> {
  const headers = { authorization: `Bearer ${sandbox.apiKey}`, 'content-type': 'application/json' };
  return fetch(`${sandbox.url}${path}`, { method: 'POST', headers, body: JSON.stringify(json) });
}
const control = (path: string, json: unknown = {}): Promise<Response> => post(`/_sandbox${path}`, json);

type Options = Parameters<ReturnType<typeof sdk>['adminPortal']['generateLink']>[0];
type Intent = NonNullable<Options['intent']>;
const link = async (intent: Intent, more: Partial<Options> = {}): Promise<string> =>
  (await sdk(sandbox).adminPortal.generateLink({ organization: ACME, intent, ...more })).link;
const enter = async (intent: Intent): Promise<VisitedPage> => browser.open(await link(intent));
const events = (): string[] =>
  sandbox.state.events.map(({ event, actor }) => `${event} ${actor?.source ?? ''}`.trim());

describe('a link into the Admin Portal', () => {
  it.each([
    ['sso', 'Acme Okta'],
    ['dsync', 'Acme Okta Directory'],
    ['domain_verification', 'acme.com'],
    ['certificate_renewal', '2036-01-05'],
    ['audit_logs', 'audit logs'],
    ['log_streams', 'log streams'],
  ] as const)('for %s opens its page', async (intent, shown) => {
    const { url, status, text } = await enter(intent);
    expect([url, status]).toEqual([`${sandbox.url}/portal`, 200]);
    expect(text).toContain('Admin Portal of Acme');
    expect(text).toContain(shown);
  });

  it('leads back to the application', async () => {
    const returnUrl = 'http://localhost:3999/settings?tab=sso';
    const { text } = await browser.open(
      await link('sso', { returnUrl, successUrl: 'http://localhost:3999/ok' }),
    );
    expect(text).toContain(`href="${returnUrl}"`);
    expect(text).toContain('href="http://localhost:3999/ok"');
  });

  it('opens once, and not for whoever only looks at it', async () => {
    const url = await link('sso');
    expect((await fetch(url, { method: 'HEAD' })).status).toBe(200);
    expect((await browser.open(url)).status).toBe(200);
    const again = await browser.open(url);
    expect([again.status, again.text]).toEqual([410, expect.stringContaining('opened already')]);
  });

  it('is good for five minutes, and the visit for an hour', async () => {
    const [late, early] = [await link('sso'), await link('sso')];
    await browser.open(early);
    await control('/clock', { advance: 301 });
    const expired = await new ScriptedBrowser(sandbox.url).open(late);
    expect([expired.status, expired.text]).toEqual([410, expect.stringContaining('has expired')]);
    expect((await browser.open('/portal')).status).toBe(200);
    await control('/clock', { advance: 3600 });
    expect((await browser.open('/portal')).status).toBe(401);
  });

  it('is a button on the sandbox’s first page too', async () => {
    const home = await browser.open('/');
    const page = await browser.submit(home, { intent: 'domain_verification' }, `value="${ACME}"`);
    expect(page.text).toContain('Domain verification');
  });

  it.each([
    [201, { organization: ACME, intent: 'sso' }],
    [404, { organization: 'org_unknown', intent: 'sso' }],
    [422, { organization: ACME, intent: 'everything' }],
    [422, { organization: ACME, intent: 'sso', return_url: 'javascript:alert(1)' }],
    [422, { intent: 'sso' }],
  ])('is answered with %i for %j, as WorkOS does', async (status, body) => {
    const response = await post('/portal/generate_link', body);
    const answer = await response.json();
    expect([response.status, differences('POST /portal/generate_link', status, answer)]).toEqual([
      status,
      [],
    ]);
  });

  it('is refused with 400 where there is nothing to renew', async () => {
    await control(`/connections/${CONNECTION}/delete`);
    const response = await post('/portal/generate_link', {
      organization: ACME,
      intent: 'certificate_renewal',
    });
    expect(response.status).toBe(400);
  });
});

describe('a visit to the Admin Portal', () => {
  it('adds a domain, shows its DNS record, and verifies it or not', async () => {
    await browser.submit(await enter('domain_verification'), { domain: 'Acme.org' }, 'Add the domain');
    const page = await browser.submit(
      await browser.open('/portal'),
      { domain: 'acme.net' },
      'Add the domain',
    );
    expect(page.text).toMatch(/sandbox-domain-verification-[\w-]{6}=[\w-]{25}/);
    await browser.submit(page, { state: 'verified' }, 'Verify acme.org');
    const after = await browser.submit(await browser.open('/portal'), { state: 'failed' }, 'Verify acme.net');
    expect(after.text).not.toContain('Verify acme.org');
    expect(events()).toEqual([
      'organization_domain.created admin_portal',
      'organization_domain.created admin_portal',
      'organization_domain.verified admin_portal',
      'organization_domain.verification_failed admin_portal',
    ]);
  });

  it('connects an identity provider', async () => {
    await control(`/connections/${CONNECTION}/delete`);
    const begun = await browser.submit(await enter('sso'), { connection_type: 'AzureSAML' }, 'Begin');
    const [{ id } = { id: '' }] = sandbox.state.connections.slice(-1);
    expect(begun.text).toContain(`${sandbox.url}/sso/saml/acs/${id}`);
    const early = await browser.submit(begun, { state: 'active' }, 'name="state"');
    expect([early.status, early.text]).toEqual([400, expect.stringContaining('no identity provider yet')]);
    await browser.submit(begun, { use: 'test-idp' }, 'value="test-idp"');
    await browser.submit(await browser.open('/portal'), { state: 'active' }, 'name="state"');
    expect(sandbox.state.connection(id)).toMatchObject({ state: 'active', type: 'AzureSAML' });
    expect(events()).toEqual(['connection.deleted', 'connection.activated admin_portal']);
  });

  it('renews a certificate', async () => {
    await control(`/connections/${CONNECTION}/certificate`, { expires_in_days: 7 });
    const page = await enter('certificate_renewal');
    expect(page.text).toMatch(/class="problem">\s*7 days left/);
    const after = await browser.submit(page, {}, 'Renew');
    expect(after.text).not.toContain('class="problem"');
    expect(events().at(-1)).toBe('connection.saml_certificate_renewed admin_portal');
  });

  it('connects and activates a directory', async () => {
    await control(`/directories/${DIRECTORY}/delete`);
    const begun = await browser.submit(await enter('dsync'), { type: 'okta scim v2.0' }, 'Begin');
    await browser.submit(begun, { state: 'active' }, 'name="state"');
    expect(events()).toEqual(['dsync.deleted', 'dsync.activated admin_portal']);
  });

  it.each([
    [`/portal/connections/${GLOBEX_CONNECTION}`, { state: 'inactive' }, 404],
    [`/portal/connections/${GLOBEX_CONNECTION}/identity-provider`, { use: 'none' }, 404],
    ['/portal/domains', { domain: 'nonsense' }, 400],
    ['/portal/connections', { connection_type: 'OIDC' }, 400],
  ])('refuses %s %j with %i', async (path, fields: Record<string, string>, status) => {
    await enter('sso');
    const answer = await browser.open(path, { method: 'POST', body: new URLSearchParams(fields) });
    expect([answer.status, events()]).toEqual([status, []]);
  });

  it('is nobody’s without its cookie, and no other site can post to it', async () => {
    await enter('dsync');
    const form = (headers: Record<string, string>): Promise<Response> =>
      fetch(`${sandbox.url}/portal/directories/${DIRECTORY}`, {
        method: 'POST',
        headers,
        body: new URLSearchParams({ state: 'inactive' }),
      });
    expect((await form({})).status).toBe(401);
    expect((await form({ 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  });
});
