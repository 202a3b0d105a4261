import type { Page } from 'playwright-core';
import { press } from './chromium.js';
import type { Stack } from './stack.js';

/** From the sign-in page to the identity provider of the company, as a person goes. */
export async function goToIdentityProvider({ url }: Stack, page: Page, email: string): Promise<void> {
  await page.goto(`${url}/sign-in`);
  await page.getByLabel('Work e-mail').fill(email);
  await press(page, 'Continue');
  await page.getByRole('heading', { name: 'Test Identity Provider' }).waitFor();
}

/** All the way to the console. */
export async function signIn(stack: Stack, page: Page, email: string): Promise<void> {
  await goToIdentityProvider(stack, page, email);
  await press(page, 'Sign in');
  await page.getByRole('heading', { name: 'Your account' }).waitFor();
  await page.getByRole('heading', { name: 'Sessions' }).waitFor();
}

export async function sessionCookie(page: Page): Promise<string | undefined> {
  return (await page.context().cookies()).find(({ name }) => name === 'session')?.value;
}
