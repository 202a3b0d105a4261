import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WorkosApiKeys } from './workos.api-keys.js';
import { WorkosStub } from './workos.stub.js';

const PATH = '/api_keys/validations';
const KEY = { id: 'api_key_1', name: 'Reporting', permissions: ['invoices:read'] };

describe('an API key, as WorkOS sees it', () => {
  let stub: WorkosStub;
  let keys: WorkosApiKeys;
  beforeAll(async () => {
    stub = await WorkosStub.start();
    keys = new WorkosApiKeys(stub.client('client_1', 300));
  });
  afterAll(() => stub.close());

  it.each([
    [
      { type: 'organization', id: 'org_1' },
      { organizationId: 'org_1', userId: null },
    ],
    [
      { type: 'user', id: 'user_1', organization_id: 'org_1' },
      { organizationId: 'org_1', userId: 'user_1' },
    ],
  ])('is that of its owner %j', async (owner, expected) => {
    stub.on(PATH, { json: { api_key: { ...KEY, owner } } });
    expect(await keys.validate('sk_1')).toEqual({ ...KEY, ...expected });
    expect(stub.requestsFor(PATH).at(-1)?.fields).toEqual({ value: 'sk_1' });
  });

  it('is not good where WorkOS says so', async () => {
    stub.on(PATH, { json: { api_key: null } });
    expect(await keys.validate('sk_1')).toBeNull();
  });

  it.each([{}, [], { api_key: {} }, { api_key: { ...KEY, owner: { type: 'other', id: 'x' } } }])(
    'is neither good nor bad after the answer %j',
    async (json) => {
      stub.on(PATH, { json });
      await expect(keys.validate('sk_1')).rejects.toThrow('upstream_unavailable');
    },
  );
});
