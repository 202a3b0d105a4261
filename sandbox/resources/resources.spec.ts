import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sdk } from '../application.factory.js';
import { stableId } from '../ids.js';
import { startSandbox, type RunningSandbox } from '../server.js';
import { differences } from '../workos-document.factory.js';

const ACME = 'org_01HGATEH0VSEACME0000000001';
const GLOBEX = 'org_01HGATEH0VSEG10BEX00000001';
const BILLING = { resource_external_id: 'billing', resource_type_slug: 'project' };
const OPERATION = 'POST /authorization/organization_memberships/{organization_membership_id}/check';
const ada = stableId('om', stableId('user', 'ada@acme.com'), ACME);
const grace = stableId('om', stableId('user', 'grace@globex.com'), GLOBEX);

let sandbox: RunningSandbox;
let workos: ReturnType<typeof sdk>;
beforeAll(async () => {
  sandbox = await startSandbox({ appUrl: 'http://localhost:3999' });
  workos = sdk(sandbox);
});
beforeEach(() => post('/_sandbox/reset', {}));
afterAll(() => sandbox.close());

async function post(path: string, json: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
  const headers = { authorization: `Bearer ${sandbox.apiKey}`, 'content-type': 'application/json' };
  const init = { method: 'POST', headers, body: JSON.stringify(json) };
  const response = await fetch(new URL(path, sandbox.url), init);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
const check = (membership: string, json: unknown) =>
  post(`/authorization/organization_memberships/${membership}/check`, json);
const may = async (membership: string, permissionSlug: string, resourceExternalId = 'billing') => {
  const target = { resourceExternalId, resourceTypeSlug: 'project' };
  const options = { organizationMembershipId: membership, permissionSlug, ...target };
  return (await workos.authorization.check(options)).authorized;
};
const grant = (membership: string, permission_slug: string, target: object, revoke = '') =>
  post(`/_sandbox/grants${revoke}`, { organization_membership_id: membership, permission_slug, ...target });

describe('an authorization check', () => {
  it('allows what is granted, and nothing else', async () => {
    expect(await may(ada, 'invoices:write')).toBe(true);
    expect(await may(ada, 'members:manage')).toBe(false);
  });

  it('takes the id of the resource too', async () => {
    const [resource] = sandbox.state.resources;
    await expect(
      workos.authorization.check({
        organizationMembershipId: ada,
        permissionSlug: 'invoices:write',
        resourceId: resource?.id ?? '',
      }),
    ).resolves.toEqual({ authorized: true });
  });

  it.each<[number, string, object]>([
    [200, ada, { permission_slug: 'invoices:write', ...BILLING }],
    [404, 'om_unknown', { permission_slug: 'invoices:write', ...BILLING }],
    [404, ada, { permission_slug: 'invoices:write', resource_id: 'authz_resource_unknown' }],
    [404, grace, { permission_slug: 'invoices:write', ...BILLING }],
    [422, ada, BILLING],
    [422, ada, { permission_slug: 'invoices:write' }],
    [422, ada, { permission_slug: 'invoices:write', resource_id: 'x', ...BILLING }],
    [422, ada, { permission_slug: 'invoices:write', resource_external_id: 'billing' }],
  ])('answers %i as WorkOS documents: %s, %j', async (status, membership, body) => {
    const answer = await check(membership, body);
    expect([answer.status, differences(OPERATION, status, answer.body)]).toEqual([status, []]);
  });

  it('allows nothing across organizations, whatever was granted', async () => {
    const [resource] = sandbox.state.resources;
    const target = { resource_id: resource?.id };
    expect((await grant(grace, 'invoices:write', target)).body).toEqual({ authorized: false });
    const { body } = await check(grace, { permission_slug: 'invoices:write', ...target });
    expect(body).toEqual({ authorized: false });
  });

  it('allows nothing to a member who was deactivated', async () => {
    await workos.userManagement.deactivateOrganizationMembership(ada);
    expect(await may(ada, 'invoices:write')).toBe(false);
  });
});

describe('the controls of resources', () => {
  it('grant and revoke, also on a resource that was not there', async () => {
    const target = { resource_external_id: 'new', resource_type_slug: 'project' };
    expect((await grant(ada, 'invoices:read', target)).body).toEqual({ authorized: true });
    expect(await may(ada, 'invoices:read', 'new')).toBe(true);
    expect((await grant(ada, 'invoices:read', target, '/revoke')).body).toEqual({ authorized: false });
    expect(await may(ada, 'invoices:read', 'new')).toBe(false);
  });

  it('make a resource and delete it with its grants', async () => {
    const fields = { organization_id: ACME, external_id: 'x', resource_type_slug: 'project' };
    const { body } = await post('/_sandbox/resources', fields);
    const target = { resource_id: body['id'] };
    await grant(ada, 'invoices:read', target);
    await post(`/_sandbox/resources/${String(body['id'])}/delete`, {});
    expect((await check(ada, { permission_slug: 'invoices:read', ...target })).status).toBe(404);
    expect(sandbox.state.grants.filter(({ resourceId }) => resourceId === body['id'])).toEqual([]);
  });

  it.each([
    ['/resources', { organization_id: 'org_x', external_id: 'x', resource_type_slug: 'y' }, 404],
    ['/resources', { organization_id: ACME }, 400],
    ['/resources/authz_resource_x/delete', {}, 404],
    ['/grants', { organization_membership_id: 'om_x', permission_slug: 'a', resource_id: 'b' }, 404],
    ['/grants', { organization_membership_id: ada, permission_slug: 'a', resource_id: 'b' }, 404],
    ['/grants', { organization_membership_id: ada, permission_slug: 'a' }, 400],
  ])('refuse %s with %j by %i', async (path, body, status) => {
    expect((await post(`/_sandbox${path}`, body)).status).toBe(status);
  });
});
