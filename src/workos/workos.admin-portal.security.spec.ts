import { inspect } from 'node:util';
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readConfig } from '../config/config.js';
import type { PortalLinkRequest } from '../identity/admin-portal.port.js';
import { WorkosAdminPortal } from './workos.admin-portal.js';
import { WorkosStub, type Reply } from './workos.stub.js';

const PATH = '/portal/generate_link';
const REQUEST: PortalLinkRequest = {
  organizationId: 'org_1',
  intent: 'certificate_renewal',
  returnUrl: 'https://app.acme.com/',
};

describe('a link to the Admin Portal', () => {
  let stub: WorkosStub;
  beforeEach(async () => {
    stub = await WorkosStub.start();
  });
  afterEach(() => stub.close());

  const portal = (timeout?: number) => {
    const config = readConfig({
      WORKOS_API_KEY: `sk_test_${randomBytes(12).toString('hex')}`,
      WORKOS_CLIENT_ID: 'client_01ABC',
      WORKOS_API_URL: stub.url,
      SESSION_KEYS: randomBytes(32).toString('base64'),
    });
    return new WorkosAdminPortal(stub.client('client_01ABC', timeout), config);
  };

  it('is asked for one organization and one purpose, and leads back to us', async () => {
    const link = 'https://setup.workos.com/portal/launch?secret=canary';
    stub.on(PATH, { status: 201, json: { link } });
    expect(await portal().createLink(REQUEST)).toBe(link);
    expect(stub.requestsFor(PATH).map(({ fields }) => fields)).toEqual([
      {
        organization: 'org_1',
        intent: 'certificate_renewal',
        return_url: 'https://app.acme.com/',
        success_url: 'https://app.acme.com/',
      },
    ]);
  });

  it('may be one of the WorkOS that is configured, on this machine', async () => {
    stub.on(PATH, { status: 201, json: { link: `${stub.url}/portal/launch?secret=canary` } });
    expect(await portal().createLink(REQUEST)).toContain('/portal/launch');
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'http://setup.workos.com/portal/launch',
    'http://127.0.0.1:1/portal/launch',
    '//evil.example',
    '/portal/launch',
    '',
    undefined,
    null,
    { href: 'https://setup.workos.com' },
  ])('that is %j never reaches a browser', async (link) => {
    stub.on(PATH, { status: 201, json: { link } });
    await expect(portal().createLink(REQUEST)).rejects.toMatchObject({ code: 'upstream_unavailable' });
  });

  it.each<[string, Reply, string]>([
    ['knows no such organization', { status: 404, json: { message: 'canary' } }, 'portal_refused'],
    ['refuses the request', { status: 400, json: { message: 'canary' } }, 'portal_refused'],
    ['forbids it', { status: 403, json: { message: 'canary' } }, 'portal_refused'],
    ['cannot process it', { status: 422, json: { message: 'canary' } }, 'portal_refused'],
    ['refuses our key', { status: 401, json: { message: 'canary' } }, 'upstream_unavailable'],
    ['is busy', { status: 429, json: {}, headers: { 'retry-after': '7' } }, 'upstream_unavailable'],
    ['fails', { status: 500, json: { message: 'canary' } }, 'upstream_unavailable'],
    ['answers with a page', { status: 502, html: '<h1>canary</h1>' }, 'upstream_unavailable'],
    ['hangs up', 'hang up', 'upstream_unavailable'],
    ['does not answer', 'hang', 'upstream_unavailable'],
  ])('is not given where WorkOS %s', async (_what, reply, code) => {
    stub.on(PATH, reply);
    const problem = await portal(200)
      .createLink(REQUEST)
      .catch((error: unknown) => error);
    expect(problem).toMatchObject({ code });
    expect(inspect(problem, { depth: 10 })).not.toContain('canary');
  });
});
