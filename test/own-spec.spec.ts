import { describe, expect, it } from '@jest/globals';
import { isTriedIn, triesAnotherTenant } from './support/own-spec.js';

const SPEC = `
  it('of one organization are not there for another', async () => {
    const { body: made } = await ada.post('/v1/reports').send({ title: 'Ours' }).expect(201);
    await grace.get(\`/v1/reports/\${made.id}\`).expect(404);
    await grace.delete(\`/v1/reports/\${made.id}\`).expect(204);
    await grace.get('/v1/reports').expect(200, { data: [], nextCursor: null });
  });

  it('are pinned', async () => {
    await ada.put(\`/v1/reports/\${made.id}\`).expect(404);
  });
`;

describe('a module with a spec of its own', () => {
  it.each([
    ['GET', '/v1/reports', true],
    ['POST', '/v1/reports', true],
    ['GET', '/v1/reports/:reportId', true],
    ['PATCH', '/v1/reports/:reportId', false],
    ['DELETE', '/v1/reports/:reportId', false],
    ['PUT', '/v1/reports/:reportId', false],
    ['GET', '/v1/reports/:reportId/pages', false],
  ])('tries %s %s as somebody of another organization: %s', (method, path, isTried) => {
    expect(isTriedIn(SPEC, method, path)).toBe(isTried);
  });

  it('is the one of that name', () => {
    expect(triesAnotherTenant('GET', '/v1/invoices/:invoiceId')).toBe(true);
    expect(triesAnotherTenant('DELETE', '/v1/invoices/:invoiceId')).toBe(false);
    expect(triesAnotherTenant('GET', '/v1/nothings')).toBe(false);
  });
});
