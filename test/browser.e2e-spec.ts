import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { describeInChromium, press, see, useChromium } from './support/chromium.js';
import { goToIdentityProvider, seeConsole, sessionCookie, signIn } from './support/sign-in-walk.js';
import { ACME, MODES, Stack } from './support/stack.js';

const REFERENCE = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

const chromium = useChromium();

describeInChromium.each(MODES)("WorkOS's four test scenarios in a browser with SIGN_IN=%s", (mode) => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await Stack.start(mode);
  });
  beforeEach(() => stack.control('/reset'));
  afterAll(() => stack.stop());

  /** What the page of a refusal says, and that it leads back to the form. */
  const refusal = async (page: Page) => {
    const alert = page.getByRole('alert');
    await alert.waitFor();
    const [title, detail] = [alert.locator('.alert-title'), alert.locator('p').first()];
    const said = [await title.textContent(), await detail.textContent()];
    expect(await alert.locator('code').textContent()).toMatch(REFERENCE);
    expect(await sessionCookie(page)).toBeUndefined();
    await page.getByRole('link', { name: 'Start again' }).click();
    await page.getByLabel('Work e-mail').waitFor();
    return said;
  };

  describe('service provider-initiated', () => {
    it('goes from the e-mail to the console', async () => {
      const page = await chromium.visitor();
      await page.goto(stack.url);
      expect(await page.getByLabel('Work e-mail').inputValue()).toBe('');
      await page.getByLabel('Work e-mail').fill('ada@acme.com');
      await press(page, 'Continue');
      await see(page, 'You are at the identity provider of Acme');
      expect(await page.getByLabel('E-mail').inputValue()).toBe('ada@acme.com');
      await press(page, 'Sign in');

      await see(page, 'Ada Lovelace');
      expect(page.url()).toBe(`${stack.url}/`);
      expect(await page.title()).toBe('Your account · Gatehouse');
      const organization = page.getByRole('region', { name: 'Organization' });
      for (const text of ['Acme', ACME.organization, 'admin', 'invoices:write'])
        expect(await organization.getByText(text, { exact: true }).count()).toBe(1);
      await see(page, 'Single sign-on');
    });

    it('opens the API to the person, and closes it when they sign out', async () => {
      const page = await chromium.visitor();
      await signIn(stack, page, 'ada@acme.com');
      await seeConsole(page);
      const created = await page.evaluate(async () => {
        const body = JSON.stringify({ customer: 'Babbage', amountCents: 4200 });
        const headers = { 'content-type': 'application/json' };
        return (await fetch('/v1/invoices', { method: 'POST', headers, body })).status;
      });
      expect(created).toBe(201);
      const listed = await page.evaluate(async () => (await fetch('/v1/invoices')).json());
      expect(listed).toMatchObject({ data: [{ customer: 'Babbage', amountCents: 4200 }] });

      await page.getByRole('link', { name: 'GET /v1/me' }).click();
      await see(page, '"email":"ada@acme.com"');
      await page.goBack();
      const cookie = `session=${await sessionCookie(page)}`;
      await press(page, 'Sign out');
      await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
      expect(await sessionCookie(page)).toBeUndefined();
      const answer = await fetch(`${stack.url}/v1/me`, { headers: { cookie } });
      expect(answer.status).toBe(401);
      await page.goto(stack.url);
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    });
  });

  describe('identity provider-initiated', () => {
    it("goes from the identity provider's own page, over a sign-in started here, to the console", async () => {
      const page = await chromium.visitor();
      await page.goto(`${stack.sandbox.url}/idp/${ACME.connection}`);
      await press(page, 'Open the application as alan@acme.com (member)');
      await see(page, 'You are at the identity provider of Acme');
      expect(await sessionCookie(page)).toBeUndefined();
      await press(page, 'Sign in as alan@acme.com (member)');
      await see(page, 'Alan Turing');
      expect(page.url()).toBe(`${stack.url}/`);
    });
  });

  describe('guest e-mail domain', () => {
    const asGuest = async (node: Stack, page: Page, host: string): Promise<void> => {
      await goToIdentityProvider(node, page, host);
      await press(page, 'Sign in as pat@partner.example (guest)');
    };

    it('is refused, and says whom to ask', async () => {
      const page = await chromium.visitor();
      await asGuest(stack, page, 'ada@acme.com');
      await page.getByRole('heading', { name: 'Guests cannot sign in here' }).waitFor();
      expect(await refusal(page)).toEqual([
        'Guests cannot sign in here',
        "Your e-mail address is not on one of this organization's domains. Ask its administrator to allow guests.",
      ]);
    });

    it('is refused by WorkOS where the organization does not let guests in', async () => {
      const page = await chromium.visitor();
      await asGuest(stack, page, 'grace@globex.com');
      expect(await refusal(page)).toEqual([
        'Your e-mail domain is not one of this organization',
        'Sign in with your work e-mail, or ask the administrator to allow guests.',
      ]);
    });

    it('is let in where GUESTS=allow', async () => {
      const open = await Stack.start(mode, { GUESTS: 'allow' });
      try {
        const page = await chromium.visitor();
        await asGuest(open, page, 'ada@acme.com');
        await see(page, 'Pat Partner');
        expect(page.url()).toBe(`${open.url}/`);
        // What it still loads is not to find the service gone.
        await page.waitForLoadState('networkidle');
      } finally {
        await open.stop();
      }
    });
  });

  describe('error response', () => {
    it('says what happened, and gives a reference to pass on', async () => {
      const page = await chromium.visitor();
      await goToIdentityProvider(stack, page, 'ada@acme.com');
      await press(page, 'Answer with an error');
      expect(await refusal(page)).toEqual([
        'Your identity provider refused access',
        'You may not be assigned to this application. Ask your administrator to add you, then try again.',
      ]);
    });
  });
});
