import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import {
  accessibilityViolations,
  describeInChromium,
  hasFocus,
  press,
  see,
  tabTo,
  useChromium,
} from './support/chromium.js';
import { sessionCookie, signIn } from './support/sign-in-walk.js';
import { MODES, Stack } from './support/stack.js';

const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1';

const chromium = useChromium();

describeInChromium.each(MODES)('the pages in a browser with SIGN_IN=%s', (mode) => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await Stack.start(mode);
  });
  beforeEach(async () => {
    await stack.control('/reset');
    await stack.query('delete from sessions');
  });
  afterAll(() => stack.stop());

  it('let two tabs sign in at once, each back to where it began', async () => {
    const first = await chromium.visitor();
    const second = await first.context().newPage();
    for (const [tab, place] of [
      [first, 'one'],
      [second, 'two'],
    ] as const) {
      await tab.goto(`${stack.url}/sign-in?return_to=/?tab=${place}`);
      await tab.getByLabel('Work e-mail').fill('ada@acme.com');
      await press(tab, 'Continue');
      await see(tab, 'You are at the identity provider of Acme');
    }
    await press(second, 'Sign in');
    await see(second, 'Ada Lovelace');
    expect(second.url()).toBe(`${stack.url}/?tab=two`);
    await press(first, 'Sign in');
    await see(first, 'Ada Lovelace');
    expect(first.url()).toBe(`${stack.url}/?tab=one`);
    await second.reload();
    await see(second, 'Ada Lovelace');
  });

  it('tell a person who comes back to a finished sign-in that they are signed in', async () => {
    const page = await chromium.visitor();
    let callback = '';
    page.on('request', (request) => {
      if (new URL(request.url()).pathname === '/auth/callback') callback = request.url();
    });
    await signIn(stack, page, 'ada@acme.com');
    const before = await sessionCookie(page);
    await page.goto(callback);
    await page.getByRole('heading', { name: 'You are already signed in' }).waitFor();
    await page.getByRole('link', { name: 'Continue to your account' }).click();
    await see(page, 'Ada Lovelace');
    expect(await sessionCookie(page)).toBe(before);
  });

  it('need no mouse', async () => {
    const page = await chromium.visitor();
    await page.goto(stack.url);
    await page.locator('#email:focus').waitFor();
    await page.keyboard.type('ada@acme.com');
    await page.keyboard.press('Enter');
    await see(page, 'You are at the identity provider of Acme');
    await tabTo(page, page.getByRole('button', { name: 'Sign in', exact: true }));
    await page.keyboard.press('Enter');
    await see(page, 'Ada Lovelace');
    await tabTo(page, page.getByRole('button', { name: 'Sign out', exact: true }));
    await page.keyboard.press('Space');
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
  });

  it('end a session in another browser', async () => {
    const here = await chromium.visitor();
    const there = await chromium.visitor({ userAgent: IPHONE });
    await signIn(stack, there, 'alan@acme.com');
    await signIn(stack, here, 'alan@acme.com');
    await here.getByText('This device').first().waitFor();
    expect(await here.getByText('This device').count()).toBe(1);

    const end = here.getByRole('button', { name: /^Sign out ?: Safari on iPhone$/ });
    await end.click();
    const dialog = here.getByRole('dialog', { name: 'Sign out “Safari on iPhone”?' });
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    expect(await hasFocus(here, end)).toBe(true);
    await end.click();
    await dialog.getByRole('button', { name: 'Sign out' }).click();
    await see(here, 'Signed out: Safari on iPhone.');
    await end.waitFor({ state: 'detached' });
    await see(here, 'You are signed in nowhere else.');

    await there.reload();
    await there.getByRole('heading', { name: 'Sign in' }).waitFor();
    await here.reload();
    await see(here, 'Alan Turing');
  });

  it('shut nobody out of the console, or of its dialog', async () => {
    const page = await chromium.visitor();
    await signIn(stack, await chromium.visitor(), 'ada@acme.com');
    await signIn(stack, page, 'ada@acme.com');
    expect(await accessibilityViolations(page)).toEqual([]);
    await press(page, 'Sign out everywhere else');
    await page.getByRole('dialog').waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
  });
});

describeInChromium('the sign-in page in a browser', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await Stack.start('sso');
  });
  afterAll(() => stack.stop());

  it('says what is wrong with an e-mail without losing it', async () => {
    const page = await chromium.visitor();
    await page.goto(`${stack.url}/sign-in`);
    await press(page, 'Continue');
    await see(page, 'Enter your e-mail address');
    await page.getByLabel('Work e-mail').fill('ada@acme');
    await press(page, 'Continue');
    await see(page, 'That does not look like an e-mail address');
    expect(await page.getByLabel('Work e-mail').inputValue()).toBe('ada@acme');
    expect(await page.getByLabel('Work e-mail').getAttribute('aria-invalid')).toBe('true');
    expect(await accessibilityViolations(page)).toEqual([]);
  });

  it('shuts nobody out', async () => {
    const page = await chromium.visitor();
    await page.goto(`${stack.url}/sign-in`);
    await page.locator('#email:focus').waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
  });

  it('shuts nobody out when it tells of an error', async () => {
    const page = await chromium.visitor();
    await page.goto(`${stack.url}/sign-in?error=upstream_unavailable&retry_after=5&request_id=r-1`);
    await page.getByRole('heading', { name: 'The sign-in service cannot be reached' }).waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
  });
});
