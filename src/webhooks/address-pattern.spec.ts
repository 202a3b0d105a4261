import { describe, expect, it } from '@jest/globals';
import { addressPattern } from './address-pattern.js';

describe('the address of a webhook', () => {
  it.each([
    ['/webhooks/workos', '/webhooks/workos', true],
    ['/webhooks/workos', '/webhooks/workos/', true],
    ['/webhooks/workos', '/webhooks/workos?a=/b', true],
    ['/webhooks/workos', '/Webhooks/WORKOS', true],
    ['/webhooks/workos', '/api/webhooks/workos', true],
    ['/webhooks/workos', '/webhooks/workos/more', false],
    ['/webhooks/workos', '/webhooks/workosx', false],
    ['/webhooks/workos', '/xwebhooks/workos', false],
    ['/webhooks/workos', '/v1/invoices?to=/webhooks/workos', false],
    ['/hooks/:name', '/hooks/billing', true],
    ['/hooks/:name', '/hooks/billing/more', false],
    ['/hooks/*rest', '/hooks/billing/more', true],
    ['/hooks{/:name}', '/hooks', true],
    ['/hooks{/:name}', '/hooks/billing', true],
    ['/v1.0/hooks', '/v1x0/hooks', false],
  ])('%s is asked for by %s: %s', (path, address, isIt) => {
    expect(addressPattern(path).test(address)).toBe(isIt);
  });

  it('is told in no time, however long the address is', () => {
    const times = Array.from({ length: 3 }, () => {
      const started = performance.now();
      addressPattern('/webhooks/workos').test('/webhooks'.repeat(10_000));
      return performance.now() - started;
    });
    expect(Math.min(...times)).toBeLessThan(100);
  });
});
