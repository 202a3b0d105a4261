import type { Page } from 'playwright-core';
import { Browser } from './browser.js';
import { press } from './chromium.js';
import type { Stack } from './stack.js';

/** From the sign-in page to the identity provider of the company, as a person goes. */
export async function goToIdentityProvider({ url }: Stack, page: Page, email: string): Promise<void> {
  await page.goto(`${url}/sign-in`);
  await page.getByLabel('Work e-mail').fill(email);
  await press(page, 'Continue');
  await page.getByRole('heading', { name: 'Test Identity Provider' }).waitFor();
}

/**
 * Signs the visitor in without their looking on, and opens a page of the service.
 * @param userAgent what the session is said to have begun in
 */
export async function signIn(
  stack: Stack,
  page: Page,
  email: string,
  { path = '/', userAgent }: { path?: string; userAgent?: string } = {},
): Promise<void> {
  const browser = new Browser();
  await stack.signIn(browser, email, undefined, {
    headers: userAgent === undefined ? {} : { 'user-agent': userAgent },
  });
  const value = browser.cookie(stack.url, 'session');
  if (value === undefined) throw new Error(`${email} could not sign in`);
  await page
    .context()
    .addCookies([{ name: 'session', value, url: stack.url, httpOnly: true, sameSite: 'Lax' }]);
  await page.goto(stack.url + path);
}

/** The console shows all that it has to show. */
export async function seeConsole(page: Page): Promise<void> {
  await page.getByRole('heading', { name: 'Your account' }).waitFor();
  await page.getByRole('heading', { name: 'Sessions' }).waitFor();
}

export async function sessionCookie(page: Page): Promise<string | undefined> {
  return (await page.context().cookies()).find(({ name }) => name === 'session')?.value;
}
