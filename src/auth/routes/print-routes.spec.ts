import { expect, it } from '@jest/globals';
import { EVERY_KIND } from '../access/decide-access.js';
import { printRoutes } from './print-routes.js';

const ROUTE: Parameters<typeof printRoutes>[0][number] = {
  method: 'GET',
  path: '/v1/reports',
  access: 'signed-in',
  principals: EVERY_KIND,
  permissions: [],
  roles: [],
  resources: [],
  recentAuth: null,
  allowsImpersonation: false,
  organizationParam: null,
  needsOrganization: false,
  guards: [],
  isWebhook: false,
};

it('prints who may call each route, and what they need', () => {
  const routes: (typeof ROUTE)[] = [
    { ...ROUTE, path: '/prices', access: 'public', permissions: [['audit:read']] },
    { ...ROUTE, path: '/welcome', access: 'optional' },
    { ...ROUTE, path: '/mine', access: 'optional', principals: ['user'] },
    { ...ROUTE, path: '/dead', access: 'public', guards: ['OperatorGuard'] },
    { ...ROUTE, method: 'POST', path: '/hooks', access: 'public', isWebhook: true },
    ROUTE,
    {
      ...ROUTE,
      method: 'DELETE',
      path: '/v1/:organizationId/reports',
      principals: ['user', 'apiKey'],
      permissions: [['invoices:read', 'invoices:write'], ['audit:read']],
      roles: [['admin']],
      recentAuth: 300,
      allowsImpersonation: true,
      organizationParam: 'organizationId',
      needsOrganization: true,
    },
  ];
  expect(printRoutes(routes)).toBe(`\
METHOD  PATH                         WHO                       WHAT THEY NEED
GET     /prices                      anybody
GET     /welcome                     anybody, known or not
GET     /mine                        people, known or not
GET     /dead                        anybody                   OperatorGuard
POST    /hooks                       anybody                   signature over the raw body
GET     /v1/reports                  any caller that is known
DELETE  /v1/:organizationId/reports  people, API keys          own :organizationId, an organization, role admin, invoices:read or invoices:write, audit:read, proof within 300 s, impersonators may write
`);
});
