import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { GLOBEX, Stack } from './support/stack.js';

interface Page {
  readonly data: readonly { id: string; customer: string }[];
  readonly nextCursor: string | null;
}

describe('invoices, the worked example of a feature', () => {
  let stack: Stack;
  const cookies = new Map<string, string>();
  beforeAll(async () => {
    stack = await Stack.start('sso');
    for (const email of ['ada@acme.com', 'alan@acme.com', 'grace@globex.com'])
      cookies.set(email, (await stack.signedIn(email)).cookieHeader(stack.url));
  });
  afterAll(() => stack.stop());

  const as = (email: string) => ({
    get: (path: string) =>
      request(stack.url)
        .get(path)
        .set('Cookie', cookies.get(email) ?? ''),
    create: (invoice: object) =>
      request(stack.url)
        .post('/v1/invoices')
        .set('Cookie', cookies.get(email) ?? '')
        .set('Sec-Fetch-Site', 'same-origin')
        .send(invoice),
  });
  const [ada, alan, grace] = [as('ada@acme.com'), as('alan@acme.com'), as('grace@globex.com')];

  it('are for people who are signed in', async () => {
    await request(stack.url).get('/v1/invoices').expect(401).expect('WWW-Authenticate', 'Bearer');
    await request(stack.url).get('/v1/invoices/invoice_1').expect(401);
    await request(stack.url).post('/v1/invoices').send({ customer: 'Babbage', amountCents: 1 }).expect(401);
  });

  it('are created by whoever may write, and read by whoever may read', async () => {
    const { body: created } = await ada.create({ customer: ' Babbage ', amountCents: 4200 }).expect(201);
    expect(created).toEqual({
      id: expect.stringMatching(/^invoice_/),
      customer: 'Babbage',
      amountCents: 4200,
      createdAt: expect.stringMatching(/Z$/),
    });
    const { body: read } = await alan.get(`/v1/invoices/${created.id}`).expect(200);
    expect(read).toEqual(created);
    const { body: list } = await alan.get('/v1/invoices').expect(200);
    expect(list).toEqual({ data: [created], nextCursor: null });

    const refused = await alan.create({ customer: 'Babbage', amountCents: 1 }).expect(403);
    expect(refused.body.code).toBe('missing_permission');
    expect(refused.headers['content-type']).toMatch(/^application\/problem\+json/);
  });

  it('of one company are not there for another', async () => {
    const { body: mine } = await grace.create({ customer: 'Initech', amountCents: 100 }).expect(201);
    for (const other of [ada, alan]) {
      const { body: missing } = await other.get(`/v1/invoices/${mine.id}`).expect(404);
      const { body: unknown } = await other
        .get('/v1/invoices/invoice_01HGATEH0VSENTTHERE0000000')
        .expect(404);
      expect({ ...missing, requestId: '' }).toEqual({ ...unknown, requestId: '' });
      const { body: list } = await other.get('/v1/invoices').expect(200);
      expect(JSON.stringify(list)).not.toContain(mine.id);
    }
    const cursor = Buffer.from(`${mine.id.slice(0, -1)}Z`).toString('base64url');
    const { body: paged } = await ada.get(`/v1/invoices?cursor=${cursor}`).expect(200);
    expect(JSON.stringify(paged)).not.toContain('Initech');
  });

  it('belong to the company of the session, whatever the request says', async () => {
    const body = { customer: 'Hooli', amountCents: 1, organizationId: GLOBEX.organization };
    await ada.create(body).expect(400);
    await ada.get(`/v1/invoices?organizationId=${GLOBEX.organization}`).expect(400);
  });

  it.each([
    ['no customer', 'customer', { amountCents: 1 }],
    ['a blank customer', 'customer', { customer: '  ', amountCents: 1 }],
    ['a long customer', 'customer', { customer: 'a'.repeat(201), amountCents: 1 }],
    ['no amount', 'amountCents', { customer: 'Babbage' }],
    ['no money', 'amountCents', { customer: 'Babbage', amountCents: 0 }],
    ['words for money', 'amountCents', { customer: 'Babbage', amountCents: 'secret-value' }],
  ])('with %s are refused by the name of the field, without its value', async (_what, field, invoice) => {
    const { body } = await ada.create(invoice).expect(400);
    expect(body.code).toBe('invalid_request');
    expect(body.errors).toEqual([{ field, message: expect.any(String) }]);
    expect(JSON.stringify(body)).not.toContain('secret-value');
  });

  it('come page by page, each once, the newest first', async () => {
    const { body: before } = await ada.get('/v1/invoices?limit=100').expect(200);
    for (let number = 0; number < 5; number++)
      await ada.create({ customer: `Customer ${number}`, amountCents: 1 }).expect(201);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const from: string = cursor === null ? '' : `&cursor=${cursor}`;
      const page: Page = (await ada.get(`/v1/invoices?limit=2${from}`).expect(200)).body;
      expect(page.data.length).toBeLessThanOrEqual(2);
      seen.push(...page.data.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toHaveLength((before as Page).data.length + 5);
    expect(seen).toEqual([...new Set(seen)].toSorted().toReversed());
  });
});
