import { inflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { authorizeUrl, sdk, throughIdp } from './application.factory.js';
import { ScriptedBrowser, type VisitedPage } from './scripted-browser.js';
import { startSandbox, type RunningSandbox } from './server.js';

const CONNECTION = 'conn_01HGATEH0VSEACME0000000001';
const ADA = { email: 'ada@acme.com' };
const AGAIN = 'asks you to sign in again';

let sandbox: RunningSandbox;
let browser: ScriptedBrowser;
beforeAll(async () => {
  sandbox = await startSandbox({ appUrl: 'http://localhost:3999' });
});
beforeEach(async () => {
  await fetch(`${sandbox.url}/_sandbox/reset`, { method: 'POST' });
  browser = new ScriptedBrowser(sandbox.url);
});
afterAll(() => sandbox.close());

async function advance(seconds: number): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ advance: seconds });
  await fetch(`${sandbox.url}/_sandbox/clock`, { method: 'POST', headers, body });
}
const open = (api: 'sso' | 'user_management', parameters: Record<string, string>): Promise<VisitedPage> =>
  browser.open(authorizeUrl(sandbox, api, parameters));
const hosted = (parameters: Record<string, string> = {}): Promise<VisitedPage> =>
  open('user_management', { provider: 'authkit', ...parameters });
const atIdp = async (page: VisitedPage): Promise<VisitedPage> =>
  page.url.includes('/idp/') ? page : browser.submit(page, ADA);
const requestIn = ({ url }: VisitedPage): string =>
  inflateRawSync(Buffer.from(new URL(url).searchParams.get('SAMLRequest') ?? '', 'base64')).toString();

async function authTime({ url }: VisitedPage): Promise<number> {
  const code = new URL(url).searchParams.get('code') ?? '';
  const { accessToken } = await sdk(sandbox).userManagement.authenticateWithCode({ code });
  return Number(decodeJwt(accessToken)['auth_time']);
}

describe('a sign-in that must be new', () => {
  it.each([
    ['sso', { connection: CONNECTION, prompt: 'login' }],
    ['sso', { connection: CONNECTION, max_age: '300' }],
    ['user_management', { connection_id: CONNECTION, prompt: 'login' }],
    ['user_management', { connection_id: CONNECTION, max_age: '0' }],
  ] as const)('is demanded of the identity provider by %s with %j', async (api, parameters) => {
    const page = await open(api, parameters);
    expect(requestIn(page)).toContain('ForceAuthn="true"');
    expect(page.text).toContain(AGAIN);
  });

  it('is not demanded where nobody asks for it', async () => {
    const page = await open('sso', { connection: CONNECTION });
    expect([requestIn(page).includes('ForceAuthn'), page.text.includes(AGAIN)]).toEqual([false, false]);
  });

  it('carries the moment of that sign-in in the assertion', async () => {
    await advance(3600);
    const page = await open('sso', { connection: CONNECTION, prompt: 'login' });
    const { text } = await browser.submit(page, ADA, 'name="email"');
    const response = Buffer.from(/name="SAMLResponse" value="([^"]+)"/.exec(text)?.[1] ?? '', 'base64');
    const instant = Date.parse(/AuthnInstant="([^"]+)"/.exec(response.toString())?.[1] ?? '');
    expect(Math.abs(instant - (Date.now() + 3_600_000))).toBeLessThan(30_000);
  });

  it('passes by what AuthKit remembers of the browser, and moves auth_time', async () => {
    const first = await authTime(await throughIdp(browser, await atIdp(await hosted()), ADA));
    await advance(600);
    expect(await authTime(await hosted())).toBe(first);
    expect(await authTime(await hosted({ max_age: '900' }))).toBe(first);

    for (const parameters of [{ max_age: '300' }, { prompt: 'login' }]) {
      const page = await hosted(parameters);
      expect(page.text).toContain('name="email"');
      const idp = await atIdp(page);
      expect(idp.text).toContain(AGAIN);
      expect((await authTime(await throughIdp(browser, idp, ADA))) - first).toBeGreaterThanOrEqual(600);
      await advance(600);
    }
  });

  it.each(['soon', '-1', '1.5'])('has no max_age of "%s"', async (max_age) => {
    const { url } = await hosted({ max_age, state: 's' });
    const received = Object.fromEntries(new URL(url).searchParams);
    expect(received).toMatchObject({ error: 'invalid_request', state: 's' });
  });
});
