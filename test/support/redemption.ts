import { expect } from '@jest/globals';
import { Browser } from './browser.js';
import type { Stack } from './stack.js';
import { send } from './wire.js';

export const TOKEN_PATH = { sso: '/sso/token', authkit: '/user_management/authenticate' };
/** What the contract gives a sign-in that WorkOS leaves without an answer. */
const LIMIT = 12_000;

/** A sign-in up to the callback, and how to redeem it as a script does. */
export async function beginSignIn(stack: Stack) {
  const browser = new Browser();
  const callback = new URL(await stack.callbackOf(browser, 'ada@acme.com'));
  const target = callback.pathname + callback.search;
  const redeem = (accept = 'application/json') =>
    send(stack.url, target, { headers: { accept, cookie: browser.cookieHeader(stack.url) } });
  return { browser, redeem };
}

/** What a sign-in would leave behind. */
export async function rowsOf(stack: Stack) {
  const [counts] = await stack.query(
    'select (select count(*) from sessions) as sessions, (select count(*) from users) as users',
  );
  return counts;
}

/** What comes of the work, in the time that the contract gives it. */
export async function inTime<Result>(work: Promise<Result>): Promise<Result> {
  const started = Date.now();
  const result = await work;
  expect(Date.now() - started).toBeLessThan(LIMIT);
  return result;
}
