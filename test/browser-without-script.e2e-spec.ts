import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeInChromium, press, see, useChromium } from './support/chromium.js';
import { goToIdentityProvider, sessionCookie } from './support/sign-in-walk.js';
import { MODES, Stack } from './support/stack.js';

const chromium = useChromium();

describeInChromium.each(MODES)('a browser with JavaScript switched off and SIGN_IN=%s', (mode) => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await Stack.start(mode);
  });
  afterAll(() => stack.stop());

  it('signs in, reads who it is, and signs out', async () => {
    const page = await chromium.visitor({ javaScript: false });
    await goToIdentityProvider(stack, page, 'ada@acme.com');
    await press(page, 'Sign in');
    await see(page, 'Taking you back to the application.');
    await press(page, 'Continue');
    await page.waitForURL(`${stack.url}/`);
    const token = await sessionCookie(page);
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);

    await page.getByRole('link', { name: 'who you are as JSON' }).click();
    await see(page, '"email":"ada@acme.com"');
    await page.goBack();
    await press(page, 'Sign out');
    await page.waitForURL(`${stack.url}/`);
    expect(await sessionCookie(page)).toBeUndefined();
    const answer = await fetch(`${stack.url}/v1/me`, { headers: { cookie: `session=${token}` } });
    expect(answer.status).toBe(401);
  });

  it('reads what went wrong, and can start again from the same page', async () => {
    const page = await chromium.visitor({ javaScript: false });
    await goToIdentityProvider(stack, page, 'ada@acme.com');
    await press(page, 'Answer with an error');
    await press(page, 'Continue');
    const alert = page.getByRole('alert');
    await alert.getByText('Your identity provider refused access').waitFor();
    await alert.getByText('Ask your administrator to add you').waitFor();
    const reference = new URL(page.url()).searchParams.get('request_id');
    expect(await alert.getByText('Reference').textContent()).toBe(`Reference: ${reference}`);
    await page.getByLabel('Work e-mail').fill('ada@acme.com');
    await press(page, 'Continue');
    await see(page, 'You are at the identity provider of Acme');
  });
});
