import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Browser } from './support/browser.js';
import { ACME, MODES, Stack } from './support/stack.js';

describe.each(MODES)('signing in with SIGN_IN=%s', (mode) => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await Stack.start(mode);
  });
  afterAll(() => stack.stop());

  it('takes a person from their e-mail through SAML to their own data, and out again', async () => {
    const browser = new Browser();
    const landed = await stack.signIn(
      browser,
      'ada@acme.com',
      '/auth/login?email=ada@acme.com&return_to=/reports?q=1',
    );
    expect(landed.url).toBe(`${stack.url}/reports?q=1`);

    const me = await stack.api(browser, '/v1/me');
    expect(me.status).toBe(200);
    expect(me.body).toMatchObject({
      user: { email: 'ada@acme.com', firstName: 'Ada', lastName: 'Lovelace' },
      organization: { id: ACME.organization, name: 'Acme' },
      roles: ['admin'],
      session: { method: 'sso', connectionId: ACME.connection, impersonator: null },
    });
    expect(me.body?.['permissions']).toContain('invoices:write');

    const created = await stack.api(browser, '/v1/invoices', {
      method: 'POST',
      json: { customer: 'Babbage', amountCents: 4200 },
    });
    expect(created.status).toBe(201);
    const list = await stack.api(browser, '/v1/invoices');
    expect(list.body).toMatchObject({ data: [{ customer: 'Babbage', amountCents: 4200 }], nextCursor: null });

    const old = new Browser();
    old.setCookie(stack.url, 'session', browser.cookie(stack.url, 'session') ?? '');
    const out = await browser.open(`${stack.url}/auth/logout`, {
      form: {},
      headers: { 'sec-fetch-site': 'same-origin' },
    });
    expect(out.url).toBe(`${stack.url}/`);
    expect(browser.cookie(stack.url, 'session')).toBeUndefined();
    expect((await stack.api(old, '/v1/me')).status).toBe(401);
  });
});
