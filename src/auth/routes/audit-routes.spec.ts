import { describe, expect, it } from '@jest/globals';
import { auditRoutes, describeProblems, type AuditedRoute } from './audit-routes.js';
import { EVERY_KIND } from '../access/decide-access.js';

const NOTHING = {
  access: undefined,
  roles: [],
  resources: [],
  permissions: [],
  principals: null,
  recentAuth: null,
  allowsImpersonation: false,
  organizationParam: null,
  taken: [],
} as const;

const ROUTE: AuditedRoute = {
  ...NOTHING,
  access: 'signed-in',
  needsOrganization: false,
  principals: EVERY_KIND,
  controller: class Reports {},
  handlerName: 'list',
  onHandler: NOTHING,
  onController: NOTHING,
  method: 'GET',
  path: '/v1/reports',
  ownPath: '/v1/reports',
  fixedFor: null,
  at: 0,
  scope: '',
  isFirstPath: true,
  isWebhook: false,
  isGuarded: true,
};

/** What is said of an application with one route. */
function findings(route: Partial<AuditedRoute>, keepsRawBodies: boolean | null = true) {
  const routes = [{ ...ROUTE, ...route }];
  return auditRoutes({ routes, handlers: [], hasGuard: true, keepsRawBodies });
}

describe('a route with an organization in its path', () => {
  it.each([
    ['organizationId', true],
    ['organization_id', true],
    ['organization', true],
    ['orgId', true],
    ['org_id', true],
    ['org', true],
    ['parentOrganizationId', true],
    ['parent_org_id', true],
    ['ownerOrg', true],
    ['ownerOrgId', true],
    ['id', false],
    ['organizationName', true],
    ['organizationSlug', true],
    ['organization_ID', true],
    ['organizationid', true],
    ['orgSlug', true],
    ['orgUuid', true],
    ['orgid', true],
    ['tenant', true],
    ['tenantId', true],
    ['tenant_key', true],
    ['owningTenant', true],
    ['companyId', false],
    ['organ', false],
    ['organizerId', false],
    ['accompanyingId', false],
    ['cyborg', false],
    ['cyborgId', false],
    ['userId', false],
  ])('needs a fence where the parameter is called %s: %s', (name, needed) => {
    const path = `/v1/things/:${name}/reports`;
    expect(findings({ path })).toHaveLength(needed ? 1 : 0);
    expect(findings({ path, organizationParam: name })).toEqual([]);
    expect(findings({ path, access: 'public' })).toHaveLength(needed ? 1 : 0);
  });

  it('says which parameter it is, and how it is fenced', () => {
    expect(findings({ path: '/v1/organizations/:orgId/reports' })).toEqual([
      {
        where: 'GET /v1/organizations/:orgId/reports (Reports.list)',
        what: ":orgId names an organization, and nobody compares it with the caller's own.",
        mend: "Take its id with @OrganizationParam('orgId'), or give it another name where it is nobody's tenant.",
      },
    ]);
  });

  it('needs one for each of them, and on each of its paths', () => {
    const path = '/v1/:organizationId/to/:targetOrganizationId';
    expect(findings({ path, organizationParam: 'organizationId' })).toHaveLength(1);
    expect(findings({ path: '/v1/*organization', isFirstPath: false })).toHaveLength(1);
  });

  it('has no use for a fence around a parameter that is not there', () => {
    expect(findings({ organizationParam: 'organizationId' })).toMatchObject([
      { what: expect.stringContaining('names a parameter that the path does not have') },
    ]);
  });
});

describe('a route with a permission on one resource', () => {
  it('has the parameter that names it', () => {
    const resources = [{ permission: 'document:edit', resource: 'document', param: 'docId' }];
    expect(findings({ path: '/documents/:docId', resources })).toEqual([]);
    expect(findings({ path: '/documents/:documentId', resources })).toMatchObject([
      { what: expect.stringContaining(':docId, a parameter that the path does not have') },
    ]);
  });
});

describe('a webhook', () => {
  it('needs the bytes of its body, where there is a server that could hand them on', () => {
    const webhook = { isWebhook: true, access: 'public', method: 'POST' } as const;
    expect(findings(webhook, true)).toEqual([]);
    expect(findings(webhook, null)).toEqual([]);
    expect(findings(webhook, false)).toMatchObject([{ mend: expect.stringContaining('useGatehouse(app)') }]);
  });

  it.each<[string, Partial<AuditedRoute>, boolean]>([
    ['is open', { method: 'POST', access: 'public' }, true],
    ['is open to all methods', { method: 'ALL', access: 'public' }, true],
    ['looks who calls and lets everybody in', { method: 'PUT', access: 'optional' }, true],
    ['needs a sign-in', { method: 'POST' }, false],
    ['only shows something', { method: 'GET', access: 'public' }, false],
  ])('by its address alone is not believed where it %s', (_, route, isWrong) => {
    for (const path of ['/webhooks/billing', '/v1/billing/webhook', '/Webhooks'])
      expect(findings({ ...route, path })).toHaveLength(isWrong ? 1 : 0);
    expect(findings({ ...route, path: '/v1/webhooks-of-mine' })).toEqual([]);
  });
});

describe('an address that others go by', () => {
  const moved = { path: '/api/auth/login', ownPath: '/auth/login' };
  const page = { ...ROUTE, path: '/sign-in', ownPath: '/sign-in', fixedFor: 'page' } as const;

  it('stands where it is written, whatever the application puts before others', () => {
    expect(findings({ ...moved, fixedFor: 'browser' })).toEqual([
      {
        where: 'GET /api/auth/login (Reports.list)',
        what: 'Browsers and pages go to /auth/login, as it is written: there is nothing.',
        mend: "Give setGlobalPrefix() the option exclude: ['auth/login'], and no path or version to their modules.",
      },
    ]);
    expect(findings(moved)).toEqual([]);
    expect(findings({ fixedFor: 'browser' })).toEqual([]);
  });

  it('may move with the console alone, which asks for it', () => {
    const asked = { ...ROUTE, path: '/api/v1/me', ownPath: '/v1/me', fixedFor: 'console' } as const;
    const audit = (...routes: AuditedRoute[]) =>
      auditRoutes({ routes, handlers: [], hasGuard: true, keepsRawBodies: true });
    expect(audit(asked)).toEqual([]);
    expect(audit(page, asked)).toHaveLength(1);
    const [problem] = audit({ ...page, path: '/api/sign-in' }, asked);
    expect(problem).toMatchObject({
      where: 'GET /api/sign-in (Reports.list) and 1 more',
      mend: expect.stringContaining("exclude: ['sign-in', 'v1/me']"),
    });
  });
});

describe('an application', () => {
  it('has nothing to say of an application without routes', () => {
    expect(auditRoutes({ routes: [], handlers: [], hasGuard: false, keepsRawBodies: null })).toEqual([]);
  });

  it('has the guard before all of its routes, or does not start', () => {
    const [problem] = auditRoutes({ routes: [ROUTE], handlers: [], hasGuard: false, keepsRawBodies: true });
    expect(problem).toMatchObject({ where: 'All 1 routes', what: expect.stringContaining('SessionGuard') });
  });

  it('may leave routes without the guard that ask for nothing', () => {
    expect(findings({ isGuarded: false })).toEqual([]);
    const onController = { ...NOTHING, permissions: [['audit:read']] };
    expect(findings({ isGuarded: true, onController })).toEqual([]);
    expect(findings({ isGuarded: false, onController })).toMatchObject([
      { what: 'It has @RequirePermissions(), and no guard stands before it to read that.' },
    ]);
  });

  it('has its gateways and resolvers looked at too, without a path', () => {
    const contradictory = {
      ...ROUTE,
      isField: false,
      onHandler: { ...NOTHING, access: 'public' as const, roles: [['admin']] },
    };
    const audited = { routes: [], handlers: [contradictory], hasGuard: true, keepsRawBodies: null };
    expect(auditRoutes(audited)).toMatchObject([{ where: 'Reports.list' }]);
  });

  it('is told everything at once: where, what, and how to mend it', () => {
    const routes = [
      { ...ROUTE, path: '/v1/reports/:id', handlerName: 'read', at: 1 },
      { ...ROUTE, path: '/v1/reports/export', handlerName: 'exportAll', at: 2 },
      { ...ROUTE, path: '/v1/:orgId/reports', at: 3 },
    ];
    const problems = auditRoutes({ routes, handlers: [], hasGuard: true, keepsRawBodies: true });
    expect(describeProblems(problems)).toBe(`Gatehouse does not start: 2 problems with the access to routes.

  GET /v1/:orgId/reports (Reports.list)
    :orgId names an organization, and nobody compares it with the caller's own.
    Mend: Take its id with @OrganizationParam('orgId'), or give it another name where it is nobody's tenant.

  GET /v1/reports/export (Reports.exportAll)
    No request reaches it: GET /v1/reports/:id (Reports.read) stands earlier and matches the same.
    Mend: Write it before the other one, in the class or in the list of controllers, or change one of the paths.
`);
  });
});
