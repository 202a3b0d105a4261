import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WorkosResourceAccess } from './workos.resource-access.js';
import { WorkosStub } from './workos.stub.js';

const PATH = '/authorization/organization_memberships/om_1/check';
const QUESTION = {
  membershipId: 'om_1',
  permission: 'document:edit',
  resourceType: 'document',
  resourceId: 'doc_7',
};

describe('access to a single resource, asked of WorkOS', () => {
  let stub: WorkosStub;
  let access: WorkosResourceAccess;
  beforeAll(async () => {
    stub = await WorkosStub.start();
    access = new WorkosResourceAccess(stub.client('client_1', 300));
  });
  afterAll(() => stub.close());

  it.each([true, false])('is %s as WorkOS says', async (authorized) => {
    stub.on(PATH, { json: { authorized } });
    expect(await access.isAuthorized(QUESTION)).toBe(authorized);
    expect(stub.requestsFor(PATH).at(-1)?.fields).toEqual({
      permission_slug: 'document:edit',
      resource_type_slug: 'document',
      resource_external_id: 'doc_7',
    });
  });

  it('is not there for what WorkOS does not know', async () => {
    stub.on(PATH, { status: 404, json: { message: 'Resource not found.' } });
    expect(await access.isAuthorized(QUESTION)).toBe(false);
  });

  it.each([
    { status: 500 },
    { status: 429 },
    { status: 401 },
    { status: 403, json: { message: 'Not enabled.' } },
    { status: 422, json: { message: 'No such permission.' } },
    'hang up' as const,
    'hang' as const,
  ])('cannot be said after %j', async (reply) => {
    stub.on(PATH, reply);
    await expect(access.isAuthorized(QUESTION)).rejects.toThrow('upstream_unavailable');
  });

  it.each([{}, { authorized: 'true' }, { authorized: 1 }, []])(
    'is not there after the answer %j',
    async (json) => {
      stub.on(PATH, { json });
      expect(await access.isAuthorized(QUESTION)).toBe(false);
    },
  );

  it('sends an id as it is, whatever it looks like', async () => {
    stub.on(PATH, { json: { authorized: true } });
    await access.isAuthorized({ ...QUESTION, resourceId: '../../x?y=%2f' });
    expect(stub.requestsFor(PATH).at(-1)?.fields).toMatchObject({ resource_external_id: '../../x?y=%2f' });
  });
});
