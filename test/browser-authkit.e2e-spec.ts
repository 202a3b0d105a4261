import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { accessibilityViolations, describeInChromium, press, see, useChromium } from './support/chromium.js';
import { ACME, Stack } from './support/stack.js';

const chromium = useChromium();

describeInChromium("AuthKit's hosted page in a browser", () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await Stack.start('authkit');
  });
  beforeEach(() => stack.control('/reset'));
  afterAll(() => stack.stop());

  it('signs in a person whose e-mail domain nobody owns', async () => {
    const page = await chromium.visitor();
    await page.goto(`${stack.url}/sign-in`);
    await page.getByLabel('Work e-mail').fill('new@nowhere.example');
    await press(page, 'Continue');
    await see(page, "AuthKit's hosted page, in small.");
    expect(await page.getByLabel('E-mail').inputValue()).toBe('new@nowhere.example');
    await press(page, 'Continue');
    await page.getByLabel('First name').fill('Nora');
    await press(page, 'Create account and sign in');
    await see(page, 'You are signed in without an organization.');
    await see(page, 'new@nowhere.example');
  });

  /** Sam belongs to Acme and Globex. */
  const asSam = async (page: Page): Promise<void> => {
    await page.goto(`${stack.url}/auth/login`);
    await page.getByLabel('E-mail').fill('sam@acme.com');
    await press(page, 'Continue');
    await see(page, 'You are at the identity provider of Acme');
    await press(page, 'Sign in');
    await page.waitForURL(`${stack.sandbox.url}/authkit/*/organization`);
    await page.getByRole('heading', { name: 'Choose an organization' }).waitFor();
  };

  it('asks a person of two organizations which', async () => {
    const page = await chromium.visitor();
    await asSam(page);
    await press(page, 'Acme');
    await see(page, 'Sam Shared');
    await see(page, ACME.organization);
  });

  it('leaves the question to us where it has not asked', async () => {
    const page = await chromium.visitor();
    await stack.control('/settings', { organization_selections: 1 });
    await asSam(page);
    await press(page, 'Acme');
    await page.waitForURL(`${stack.url}/auth/callback?**`);
    await see(page, 'You belong to more than one.');
    expect(await page.getByRole('button').allTextContents()).toEqual(['Acme', 'Globex']);
    expect(await accessibilityViolations(page)).toEqual([]);
    await press(page, 'Acme');
    await see(page, 'Sam Shared');
    expect(page.url()).toBe(`${stack.url}/`);
    await see(page, ACME.organization);
  });
});
