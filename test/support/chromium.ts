import { afterAll, afterEach, beforeAll, describe, expect } from '@jest/globals';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import axe from 'axe-core';
import { chromium, type Browser, type BrowserContext, type Locator, type Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** The narrowest screen that people have: whatever fits here fits everywhere. */
export const PHONE = { width: 320, height: 640 };
export const DESKTOP = { width: 1280, height: 720 };

const executable = (process.env['PATH'] ?? '')
  .split(delimiter)
  .flatMap((folder) => NAMES.map((name) => join(folder, name)))
  .find((file) => existsSync(file));

const MISSING = `None of ${NAMES.join(', ')} is on the PATH. scripts/install-system-parts.sh installs Chromium.`;
if (executable === undefined) {
  if (process.env['CI'] === 'true') throw new Error(`The browser tests cannot run. ${MISSING}`);
  // oxlint-disable-next-line no-console -- a suite that is left out must not look like one that passed
  console.warn(`THE BROWSER TESTS ARE SKIPPED. ${MISSING}`);
}

/** `describe` where there is a browser. */
export const describeInChromium = executable === undefined ? describe.skip : describe;

/** Runs in every page before its own scripts, and tells by the console what a person would see or miss. */
const WATCH = `
  addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) =>
    console.error('The policy refused ' + effectiveDirective + ' ' + blockedURI));
  addEventListener('DOMContentLoaded', () => new ResizeObserver(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth) console.error('Scrolls sideways: ' + scrollWidth + ' > ' + clientWidth);
  }).observe(document.body));
`;

export interface VisitorOptions {
  readonly javaScript?: boolean;
  readonly userAgent?: string;
}

/** A real browser for this file of tests. After each test everybody leaves, and must have met no trouble. */
export function useChromium(): Chromium {
  const chromium = new Chromium();
  if (executable !== undefined) {
    beforeAll(() => chromium.launch(executable));
    afterEach(async () => expect(await chromium.leave()).toEqual([]));
    afterAll(() => chromium.close());
  }
  return chromium;
}

interface Seat {
  readonly kind: string;
  readonly context: BrowserContext;
  readonly page: Page;
}

class Chromium {
  private browser: Browser | null = null;
  private taken: Seat[] = [];
  /** Half a second of work makes a context and its process: the next visitor takes over one that was cleared. */
  private free: Seat[] = [];
  private readonly problems: string[] = [];
  private expected: string[] = [];

  async launch(executablePath: string): Promise<void> {
    this.browser = await chromium.launch({ executablePath, args: ARGUMENTS });
  }

  async close(): Promise<void> {
    await this.browser?.close();
  }

  /** Somebody with a browser of their own: no cookies, a narrow screen, English. */
  async visitor(options: VisitorOptions = {}): Promise<Page> {
    const kind = JSON.stringify(options);
    const at = this.free.findIndex((seat) => seat.kind === kind);
    const [seat] = at < 0 ? [await this.newSeat(kind, options)] : this.free.splice(at, 1);
    if (!seat) throw new Error('There is no seat.');
    this.taken.push(seat);
    return seat.page;
  }

  /** In this test the service refuses something at this path, which the browser reports as an error. */
  expectRefusals(path: string): void {
    this.expected.push(path);
  }

  /** Everybody goes. Answers with what went wrong in their pages, which should be nothing. */
  async leave(): Promise<string[]> {
    for (const seat of this.taken.splice(0)) {
      for (const page of seat.context.pages()) {
        const wide = await page.evaluate(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        );
        if (wide !== 0) this.problems.push(`${page.url()}: is ${String(wide)} pixels wider than the screen`);
        if (page !== seat.page) await page.close();
      }
      await this.clear(seat);
      this.free.push(seat);
    }
    this.expected = [];
    return this.problems.splice(0);
  }

  private async newSeat(kind: string, { javaScript = true, userAgent }: VisitorOptions): Promise<Seat> {
    if (this.browser === null) throw new Error('The browser is not running.');
    const context = await this.browser.newContext({
      viewport: PHONE,
      locale: 'en-GB',
      javaScriptEnabled: javaScript,
      ...(userAgent === undefined ? {} : { userAgent }),
    });
    context.setDefaultTimeout(30_000);
    context.on('weberror', (error) => this.problems.push(String(error.error())));
    context.on('console', (message) => {
      const { url } = message.location();
      if (message.type() !== 'error' || isExpected(message.text(), url, this.expected)) return;
      this.problems.push(`${message.page()?.url()}: ${message.text()}`);
    });
    await context.addInitScript(WATCH);
    return { kind, context, page: await context.newPage() };
  }

  /** Leaves nothing behind for whoever comes next. */
  private async clear({ context, page }: Seat): Promise<void> {
    await page.removeAllListeners(undefined, { behavior: 'wait' });
    await page.evaluate('sessionStorage.clear()');
    await page.goto('about:blank');
    await context.clearCookies();
  }
}

/** The pages ask who is there, and the browser reports the answer "nobody" as an error, like every refusal. */
function isExpected(text: string, url: string, refusedAt: readonly string[]): boolean {
  const { pathname } = new URL(url);
  return (
    (/status of 401/.test(text) && pathname.startsWith('/v1/')) ||
    (/status of 4\d\d/.test(text) && refusedAt.includes(pathname))
  );
}

/** What axe-core finds on this screen on a phone and on a desk. */
export async function accessibilityViolations(page: Page): Promise<string[]> {
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(axe.source);
  const found: string[] = [];
  for (const size of [PHONE, DESKTOP]) {
    await page.setViewportSize(size);
    const { violations } = (await page.evaluate(
      'axe.run({ resultTypes: ["violations"] })',
    )) as axe.AxeResults;
    for (const { id, nodes } of violations)
      found.push(`${size.width}: ${id} ${nodes.map(({ html }) => html).join(' ')}`);
  }
  await page.setViewportSize(PHONE);
  return found;
}

/** Presses Tab until this has the focus, and makes sure that it shows. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let press = 0; press < 40; press++) {
    await page.keyboard.press('Tab');
    if (!(await hasFocus(page, target))) continue;
    const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle');
    if (outline === 'none') throw new Error(`The focus does not show on ${String(target)}`);
    return;
  }
  throw new Error(`Tab does not reach ${String(target)}`);
}

export const hasFocus = async (page: Page, target: Locator) =>
  (await target.and(page.locator(':focus')).count()) === 1;
export const see = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();
export const press = (page: Page, name: string | RegExp) =>
  page
    .getByRole('button', { name, exact: typeof name === 'string' })
    .first()
    .click();
