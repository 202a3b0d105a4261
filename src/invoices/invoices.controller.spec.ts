import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asApiKey, asMachine, createTestApp, signInAs, type TestApp } from '../testing/index.js';
import { InvoicesModule } from './invoices.module.js';

describe('invoices', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp(InvoicesModule);
  });
  afterAll(() => app.close());

  it('are read with one permission and written with another', async () => {
    const reader = await signInAs(app, { organization: 'org_acme', permissions: ['invoices:read'] });
    await reader.get('/v1/invoices').expect(200, { data: [], nextCursor: null });
    await reader.post('/v1/invoices').send({ customer: 'Babbage', amountCents: 4200 }).expect(403);

    const writer = await signInAs(app, { organization: 'org_acme', permissions: ['invoices:write'] });
    await writer.post('/v1/invoices').send({ customer: 'Babbage', amountCents: 4200 }).expect(201);
    await writer.get('/v1/invoices').expect(403);
  });

  it('of one organization are not there for another', async () => {
    const permissions = ['invoices:read', 'invoices:write'] as const;
    const ada = await signInAs(app, { organization: 'org_acme', permissions });
    const grace = await signInAs(app, { organization: 'org_globex', permissions });
    const { body: invoice } = await ada.post('/v1/invoices').send({ customer: 'Babbage', amountCents: 4200 });

    await ada.get(`/v1/invoices/${invoice.id}`).expect(200, invoice);
    await grace.get(`/v1/invoices/${invoice.id}`).expect(404);
    await grace.get('/v1/invoices').expect(200, { data: [], nextCursor: null });
  });

  it('are for machines and API keys too', async () => {
    const machine = await asMachine(app, { organization: 'org_initech', permissions: ['invoices:write'] });
    const { body: invoice } = await machine.post('/v1/invoices').send({ customer: 'Hooli', amountCents: 1 });

    const key = await asApiKey(app, { organization: 'org_initech', permissions: ['invoices:read'] });
    const { body: list } = await key.get('/v1/invoices').expect(200);
    expect(list.data).toEqual([invoice]);
  });
});
