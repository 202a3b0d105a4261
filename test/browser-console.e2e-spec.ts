import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  accessibilityViolations,
  describeInChromium,
  press,
  see,
  tabTo,
  useChromium,
} from './support/chromium.js';
import { goToIdentityProvider, seeConsole, sessionCookie, signIn } from './support/sign-in-walk.js';
import { MODES, Stack, type SignInMode } from './support/stack.js';

const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1';

const chromium = useChromium();

describeInChromium('the pages in a browser', () => {
  let stacks: Stack[] = [];
  /** Where WorkOS's mode makes no difference to what is seen. */
  let stack: Stack;
  beforeAll(async () => {
    stacks = await Promise.all(MODES.map((mode) => Stack.start(mode)));
    stack = stackOf('sso');
  });
  afterAll(() => Promise.all(stacks.map((one) => one.stop())));

  const stackOf = (mode: SignInMode): Stack => {
    const found = stacks[MODES.indexOf(mode)];
    if (!found) throw new Error(`Nothing runs with SIGN_IN=${mode}`);
    return found;
  };

  it.each(MODES)(
    'let two tabs sign in at once, each back to where it began, with SIGN_IN=%s',
    async (mode) => {
      const { url } = stackOf(mode);
      const first = await chromium.visitor();
      const second = await first.context().newPage();
      for (const [tab, place] of [
        [first, 'one'],
        [second, 'two'],
      ] as const) {
        await tab.goto(`${url}/sign-in?return_to=/?tab=${place}`);
        await tab.getByLabel('Work e-mail').fill('ada@acme.com');
        await press(tab, 'Continue');
        await see(tab, 'You are at the identity provider of Acme');
      }
      await press(second, 'Sign in');
      await see(second, 'Ada Lovelace');
      expect(second.url()).toBe(`${url}/?tab=two`);
      await press(first, 'Sign in');
      await see(first, 'Ada Lovelace');
      expect(first.url()).toBe(`${url}/?tab=one`);
      await second.reload();
      await see(second, 'Ada Lovelace');
    },
  );

  it.each(MODES)(
    'tell a person who comes back to a finished sign-in that they are signed in, with SIGN_IN=%s',
    async (mode) => {
      const page = await chromium.visitor();
      const callback = new Promise<string>((resolve) => {
        page.on('request', (request) => {
          if (new URL(request.url()).pathname === '/auth/callback') resolve(request.url());
        });
      });
      await goToIdentityProvider(stackOf(mode), page, 'ada@acme.com');
      await press(page, 'Sign in');
      await seeConsole(page);
      const before = await sessionCookie(page);
      await page.goto(await callback);
      await page.getByRole('heading', { name: 'You are already signed in' }).waitFor();
      await page.getByRole('link', { name: 'Continue to your account' }).click();
      await see(page, 'Ada Lovelace');
      expect(await sessionCookie(page)).toBe(before);
    },
  );

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
    await signIn(stack, there, 'alan@acme.com', { userAgent: IPHONE });
    await seeConsole(there);
    await signIn(stack, here, 'alan@acme.com');
    await here.getByText('This device').first().waitFor();
    expect(await here.getByText('This device').count()).toBe(1);

    const end = here.getByRole('button', { name: /^Sign out ?: Safari on iPhone$/ });
    await end.click();
    const dialog = here.getByRole('dialog', { name: 'Sign out “Safari on iPhone”?' });
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await end.and(here.locator(':focus')).waitFor();
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
    await stack.signedIn('ada@acme.com');
    await signIn(stack, page, 'ada@acme.com');
    await seeConsole(page);
    expect(await accessibilityViolations(page)).toEqual([]);
    await press(page, 'Sign out everywhere else');
    await page.getByRole('dialog').waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
  });

  it('say what is wrong with an e-mail without losing it', async () => {
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

  it('shut nobody out of the sign-in', async () => {
    const page = await chromium.visitor();
    await page.goto(`${stack.url}/sign-in`);
    await page.locator('#email:focus').waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
  });

  it.each([
    ['upstream_unavailable&retry_after=5', 'The sign-in service cannot be reached'],
    ['guest_not_allowed', 'Guests cannot sign in here'],
  ])('shut nobody out when they tell of %s', async (error, title) => {
    const page = await chromium.visitor();
    await page.goto(`${stack.url}/sign-in?error=${error}&request_id=r-1`);
    await page.getByRole('heading', { name: title }).waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
  });
});
