import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { gatehouseClient, type GatehouseClient } from '../client/index.js';
import type { JsonSchema, OpenapiDocument } from '../src/openapi/document.js';
import { hasOwnSpec } from './support/own-spec.js';
import { Stack } from './support/stack.js';
import { send } from './support/wire.js';

/** No member may be answered that the document does not tell of. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const inner = Object.fromEntries(Object.entries(value).map(([key, member]) => [key, closed(member)]));
  return 'properties' in inner && !('additionalProperties' in inner)
    ? { ...inner, additionalProperties: false }
    : inner;
}

describe('the OpenAPI document and the service', () => {
  let stack: Stack;
  let document: OpenapiDocument;
  let ada: GatehouseClient;
  let nobody: GatehouseClient;
  const met = new Set<string>();

  /** Fails where an answer is not the one that the document tells of. */
  async function check(request: Request): Promise<Response> {
    const response = await fetch(request);
    const path = new URL(request.url).pathname;
    const template = Object.keys(document.paths).find((name) =>
      new RegExp(`^${name.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path),
    );
    const operation = document.paths[template ?? '']?.[request.method.toLowerCase()];
    const told = operation?.responses[response.status];
    expect([path, response.status, told]).toEqual([path, response.status, expect.anything()]);
    met.add(`${request.method} ${template} ${response.status}`);
    const text = await response.clone().text();
    const type = response.headers.get('content-type')?.split(';')[0] ?? '';
    const schema = told?.content?.[type]?.schema;
    expect([path, schema !== undefined]).toEqual([path, text !== '']);
    if (schema) {
      const body: unknown = JSON.parse(text);
      const ajv = new Ajv2020({ strict: false });
      addFormats.default(ajv);
      const components = closed(document.components) as object;
      const valid = ajv.validate({ ...(closed(schema) as JsonSchema), components }, body);
      expect([path, ajv.errors, valid]).toEqual([path, null, true]);
      const { code } = body as { code?: string };
      if (type === 'application/problem+json') expect(told?.['x-problem-codes']).toContain(code);
    }
    return response;
  }

  beforeAll(async () => {
    stack = await Stack.start('sso', { OPERATOR_TOKEN: 'operators-of-the-tests-alone-0123456789' });
    document = (await (await fetch(`${stack.url}/openapi.json`)).json()) as OpenapiDocument;
    const browser = await stack.signedIn('ada@acme.com');
    const headers = { cookie: browser.cookieHeader(stack.url), 'sec-fetch-site': 'same-origin' };
    ada = gatehouseClient({ baseUrl: stack.url, headers, fetch: check });
    nobody = gatehouseClient({ baseUrl: stack.url, fetch: check });
  });
  afterAll(() => stack.stop());

  it('agree on what somebody reads and writes with the client', async () => {
    const { data: me } = await ada.GET('/v1/me');
    expect(me).toMatchObject({
      kind: 'user',
      user: { email: 'ada@acme.com' },
      organization: { name: 'Acme' },
    });
    const body = { customer: 'Babbage', amountCents: 4200 };
    const { data: created } = await ada.POST('/v1/invoices', { body });
    const invoiceId = created?.id ?? '';
    const { data: invoice } = await ada.GET('/v1/invoices/{invoiceId}', { params: { path: { invoiceId } } });
    expect(invoice).toEqual({ ...body, id: invoiceId, createdAt: created?.createdAt });
    const { data: list } = await ada.GET('/v1/invoices', { params: { query: { limit: 1 } } });
    expect(list).toEqual({ data: [invoice], nextCursor: null });
  });

  it('agree on the rest of the API', async () => {
    await ada.GET('/v1/sessions');
    await ada.GET('/v1/organization');
    await ada.PATCH('/v1/organization/policy', { body: { idleTimeout: 1800 } });
    await ada.POST('/v1/organization/portal-link', { body: { intent: 'sso' } });
    await ada.GET('/v1/audit-events', { params: { query: { limit: 100 } } });
    const { data: members } = await ada.GET('/v1/organization/members');
    const userId = members?.data[0]?.id ?? '';
    const params = { path: { userId } };
    await ada.GET('/v1/organization/members/{userId}/roles', { params });
    await ada.GET('/v1/organization/members/{userId}/sessions', { params });
    await ada.GET('/health/live');
    await ada.GET('/health/ready');
    const headers = { authorization: 'Bearer operators-of-the-tests-alone-0123456789' };
    await ada.GET('/operations/events/dead', { headers });
    await ada.DELETE('/v1/sessions');
    const read = Object.keys(document.paths).filter(
      (path) => path.startsWith('/v1/') && document.paths[path]?.['get'] && !hasOwnSpec(path),
    );
    expect(read.filter((path) => !met.has(`GET ${path} 200`))).toEqual([]);
  });

  it('agree on what is refused', async () => {
    const { error } = await nobody.GET('/v1/me');
    expect(error).toMatchObject({ code: 'unauthenticated', status: 401 });
    await ada.POST('/v1/invoices', { body: { customer: '', amountCents: 1 } });
    const params = { path: { invoiceId: 'invoice_01HGATEH0VSENTTHERE0000000' } };
    expect((await ada.GET('/v1/invoices/{invoiceId}', { params })).error).toMatchObject({
      code: 'not_found',
    });
    await nobody.GET('/operations/events/dead');
    const organizationId = 'org_01HGATEH0VSEG10BEX00000001';
    await ada.POST('/v1/session/organization', { body: { organizationId } });
    const alan = (await stack.signedIn('alan@acme.com')).cookieHeader(stack.url);
    const headers = { cookie: alan, 'sec-fetch-site': 'same-origin' };
    const reader = gatehouseClient({ baseUrl: stack.url, headers, fetch: check });
    const refused = await reader.PATCH('/v1/organization/policy', { body: { guests: 'allow' } });
    expect(refused.error).toMatchObject({ code: 'missing_permission', status: 403 });
  });

  it('are for everybody to read, and kept by nobody', async () => {
    for (const path of ['/openapi.json', '/docs']) {
      const { status, headers } = await send(stack.url, path);
      expect([path, status, headers['cache-control']]).toEqual([path, 200, 'no-store']);
      const again = await send(stack.url, path, { headers: { 'if-none-match': String(headers.etag) } });
      expect([path, again.status]).toEqual([path, 304]);
    }
  });
});
