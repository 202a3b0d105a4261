import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { accessibilityViolations, describeInChromium, see, useChromium } from './support/chromium.js';
import { Stack } from './support/stack.js';

const chromium = useChromium();

describeInChromium('the page over the API', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await Stack.start('sso');
  });
  afterAll(() => stack.stop());

  it('is read on a phone without JavaScript', async () => {
    const page = await chromium.visitor({ javaScript: false });
    await page.goto(`${stack.url}/docs`);
    await page.getByRole('heading', { name: 'Gatehouse: API' }).waitFor();
    await page.getByRole('link', { name: 'Invoices', exact: true }).click();
    await page.locator('#invoices_create > summary').click();
    const told = page.locator('#invoices_create');
    await told.getByText('Needs the permission invoices:write.').first().waitFor();
    await told.getByRole('link', { name: 'NewInvoice' }).click();
    await see(page, 'more than 0');
    expect(new URL(page.url()).hash).toBe('#schema-NewInvoice');
  });

  it('can be used by everybody, also when each section is unfolded a little', async () => {
    const page = await chromium.visitor();
    await page.goto(`${stack.url}/docs`);
    // One of each kind: they are all made alike, and the checks take as long as the page is.
    await page.evaluate(
      'for (const one of document.querySelectorAll("section")) { const first = one.querySelector("details"); if (first) first.open = true; }',
    );
    expect(await accessibilityViolations(page)).toEqual([]);
  });
});
