import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sdk } from '../application.factory.js';
import { stableId } from '../ids.js';
import { startSandbox, type RunningSandbox } from '../server.js';
import { differences } from '../workos-document.factory.js';

const ACME = 'org_01HGATEH0VSEACME0000000001';
const GLOBEX = 'org_01HGATEH0VSEG10BEX00000001';
const SEEDED = 'sk_sandbox_acme_reporting_not_a_secret';
const ada = stableId('user', 'ada@acme.com');

let sandbox: RunningSandbox;
let workos: ReturnType<typeof sdk>;
beforeAll(async () => {
  sandbox = await startSandbox({ appUrl: 'http://localhost:3999' });
  workos = sdk(sandbox);
});
beforeEach(() => call('POST', '/_sandbox/reset'));
afterAll(() => sandbox.close());

interface Answer {
  status: number;
  body: Record<string, unknown>;
}

async function call(method: string, path: string, json?: unknown): Promise<Answer> {
  const headers = { authorization: `Bearer ${sandbox.apiKey}`, 'content-type': 'application/json' };
  const init = { method, headers, ...(json !== undefined && { body: JSON.stringify(json) }) };
  const response = await fetch(new URL(path, sandbox.url), init);
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
}
const control = (path: string, json: unknown = {}): Promise<Answer> => call('POST', `/_sandbox${path}`, json);
const validate = async (value: string) => (await workos.apiKeys.createValidation({ value })).apiKey;
const events = () => sandbox.state.events.map(({ event, organizationId }) => [event, organizationId]);

describe('the API of API keys', () => {
  const ofOrganization = 'organizations/{organizationId}/api_keys';
  const ofUser = 'user_management/users/{userId}/api_keys';

  it.each<[string, string, unknown, number]>([
    ['POST /api_keys/validations', '/api_keys/validations', { value: SEEDED }, 200],
    ['POST /api_keys/validations', '/api_keys/validations', { value: 'sk_unknown' }, 200],
    ['POST /api_keys/validations', '/api_keys/validations', {}, 422],
    ['DELETE /api_keys/{id}', '/api_keys/api_key_unknown', undefined, 404],
    [`GET /${ofOrganization}`, `/organizations/${ACME}/api_keys`, undefined, 200],
    [`GET /${ofOrganization}`, '/organizations/org_x/api_keys', undefined, 404],
    [`POST /${ofOrganization}`, `/organizations/${ACME}/api_keys`, { name: 'A' }, 201],
    [`POST /${ofOrganization}`, '/organizations/org_x/api_keys', { name: 'A' }, 404],
    [`POST /${ofOrganization}`, `/organizations/${ACME}/api_keys`, { name: '' }, 422],
    [`POST /${ofOrganization}`, `/organizations/${ACME}/api_keys`, { name: 'A', permissions: ['x'] }, 422],
    [
      `POST /${ofOrganization}`,
      `/organizations/${ACME}/api_keys`,
      { name: 'A', expires_at: '2020-01-01T00:00:00Z' },
      422,
    ],
    [`GET /${ofUser}`, `/user_management/users/${ada}/api_keys`, undefined, 200],
    [`GET /${ofUser}`, '/user_management/users/user_x/api_keys', undefined, 404],
    [
      `POST /${ofUser}`,
      `/user_management/users/${ada}/api_keys`,
      { name: 'A', organization_id: ACME, permissions: ['invoices:read'] },
      201,
    ],
    [`POST /${ofUser}`, '/user_management/users/user_x/api_keys', { name: 'A', organization_id: ACME }, 404],
    [`POST /${ofUser}`, `/user_management/users/${ada}/api_keys`, { name: 'A', organization_id: 'x' }, 404],
    [
      `POST /${ofUser}`,
      `/user_management/users/${ada}/api_keys`,
      { name: 'A', organization_id: GLOBEX },
      422,
    ],
    [`POST /${ofUser}`, `/user_management/users/${ada}/api_keys`, { name: 'A' }, 422],
  ])('%s as %s of %j with %i', async (operation, path, body, status) => {
    const answer = await call(operation.split(' ')[0] ?? '', path, body);
    expect([answer.status, differences(operation, status, answer.body)]).toEqual([status, []]);
  });

  it('is closed without the API key of the environment, whatever key of a customer is sent', async () => {
    const response = await fetch(`${sandbox.url}/api_keys/validations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${SEEDED}`, 'content-type': 'application/json' },
      body: JSON.stringify({ value: SEEDED }),
    });
    expect(response.status).toBe(401);
  });

  it('says whose the seeded key is, what it may do, and when it was used', async () => {
    const key = await validate(SEEDED);
    expect(key).toMatchObject({
      name: 'Acme reporting',
      owner: { type: 'organization', id: ACME },
      permissions: ['invoices:read', 'members:read'],
      obfuscatedValue: 'sk_...cret',
    });
    const { data } = await workos.apiKeys.listOrganizationApiKeys({ organizationId: ACME });
    expect(data.map(({ id, lastUsedAt }) => [id, lastUsedAt])).toEqual([[key?.id, key?.lastUsedAt]]);
    expect(key?.lastUsedAt).not.toBeNull();
  });

  it('shows a value once, validates it, and forgets it when it is deleted', async () => {
    const created = await workos.apiKeys.createOrganizationApiKey({
      organizationId: ACME,
      name: 'CI',
      permissions: ['invoices:write'],
    });
    expect(created.value).toMatch(/^sk_/);
    await expect(validate(created.value)).resolves.toMatchObject({ id: created.id, name: 'CI' });
    const { body } = await call('GET', `/organizations/${ACME}/api_keys`);
    expect(JSON.stringify(body)).not.toContain(created.value);

    await workos.apiKeys.deleteApiKey(created.id);
    await expect(validate(created.value)).resolves.toBeNull();
    await expect(workos.apiKeys.deleteApiKey(created.id)).rejects.toMatchObject({ status: 404 });
    expect(events()).toEqual([
      ['api_key.created', ACME],
      ['api_key.revoked', ACME],
    ]);
    expect(JSON.stringify(sandbox.state.events)).not.toContain(created.value);
    expect(differences('GET /events', 200, (await call('GET', '/events')).body)).toEqual([]);
  });

  it("keeps a person's key apart from the organization's, and ends it with the membership", async () => {
    const created = await workos.userManagement.createUserApiKey(ada, {
      name: 'Laptop',
      organizationId: ACME,
    });
    const list = async (organizationId: string) =>
      (await workos.userManagement.listUserApiKeys(ada, { organizationId })).data.map(({ id }) => id);
    expect([await list(ACME), await list(GLOBEX)]).toEqual([[created.id], []]);
    const { data } = await workos.apiKeys.listOrganizationApiKeys({ organizationId: ACME });
    expect(data.map(({ name }) => name)).toEqual(['Acme reporting']);
    await expect(validate(created.value)).resolves.toMatchObject({
      owner: { type: 'user', id: ada, organizationId: ACME },
    });

    const membership = sandbox.state.membership(ada, ACME)?.id ?? '';
    await workos.userManagement.deactivateOrganizationMembership(membership);
    await expect(validate(created.value)).resolves.toBeNull();
    await workos.userManagement.reactivateOrganizationMembership(membership);
    await expect(validate(created.value)).resolves.not.toBeNull();
    await workos.userManagement.deleteOrganizationMembership(membership);
    await expect(workos.apiKeys.deleteApiKey(created.id)).rejects.toMatchObject({ status: 404 });
  });

  it('takes the keys of an organization away with it', async () => {
    await workos.organizations.deleteOrganization(ACME);
    await expect(validate(SEEDED)).resolves.toBeNull();
    expect(events()).toEqual([['organization.deleted', ACME]]);
  });
});

describe("the sandbox's first page", () => {
  it('shows how to use the seeded key, and never the value of one that was made', async () => {
    const { body } = await control('/api_keys', { organization_id: ACME, name: 'Made today' });
    const text = await (await fetch(sandbox.url)).text();
    expect(text).toContain(`Bearer ${SEEDED}`);
    expect(text).toContain('client_01HGATEH0VSEACMEM2M0000001:sandbox_acme_billing_not_a_secret');
    expect(text).toContain('Made today');
    expect(text).not.toContain(String(body['value']));
  });
});

describe('the controls of API keys', () => {
  it('make a key that expires', async () => {
    const expires_at = new Date(Date.now() + 60_000).toISOString();
    const { body } = await control('/api_keys', { organization_id: GLOBEX, expires_at });
    const value = String(body['value']);
    await expect(validate(value)).resolves.not.toBeNull();
    await control('/clock', { advance: 61 });
    await expect(validate(value)).resolves.toBeNull();
  });

  it('change a key, which tells of it', async () => {
    const key = await validate(SEEDED);
    await control(`/api_keys/${key?.id}`, { permissions: [], name: 'Nothing' });
    await expect(validate(SEEDED)).resolves.toMatchObject({ name: 'Nothing', permissions: [] });
    expect(events()).toEqual([['api_key.updated', ACME]]);
  });

  it('revoke a key as its owner does', async () => {
    const key = await validate(SEEDED);
    await control(`/api_keys/${key?.id}/revoke`);
    await expect(validate(SEEDED)).resolves.toBeNull();
    expect(events()).toEqual([['api_key.revoked', ACME]]);
  });

  it.each([
    ['/api_keys', { organization_id: 'org_x' }, 404],
    ['/api_keys', { organization_id: ACME, user_id: 'user_x' }, 404],
    ['/api_keys', {}, 400],
    ['/api_keys/api_key_x', {}, 404],
    ['/api_keys/api_key_x/revoke', {}, 404],
  ])('refuse %s with %j by %i', async (path, body, status) => {
    expect((await control(path, body)).status).toBe(status);
  });
});
