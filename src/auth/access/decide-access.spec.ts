import { describe, expect, it } from '@jest/globals';
import type {
  ApiKeyPrincipal,
  MachinePrincipal,
  Principal,
  Session,
  UserPrincipal,
} from '../../identity/principal.js';
import { decideAccess, EVERY_KIND, type AccessRequirements, type Call } from './decide-access.js';

function principal(
  roles: string[] = [],
  permissions: string[] = [],
  session: Partial<Session> = {},
): UserPrincipal {
  const at = new Date('2026-03-01T12:00:00Z');
  return {
    kind: 'user',
    credential: 'session',
    user: { id: 'user_1', email: 'ada@acme.com', firstName: null, lastName: null, profilePictureUrl: null },
    organization: { id: 'org_1', name: 'Acme' },
    roles,
    permissions,
    session: {
      id: 'session_1',
      authenticatedAt: at,
      provenAt: null,
      expiresAt: at,
      method: 'sso',
      connectionId: null,
      impersonator: null,
      ...session,
    },
  };
}

const NOTHING: AccessRequirements = {
  access: 'signed-in',
  principals: EVERY_KIND,
  permissions: [],
  roles: [],
  recentAuth: null,
  allowsImpersonation: false,
  organizationParam: null,
  needsOrganization: false,
  resources: [],
};
const NOW = new Date('2026-03-01T12:00:00Z');
const LOOK: Call = { isSafe: true, parameters: {}, now: NOW.getTime() };
const CHANGE: Call = { ...LOOK, isSafe: false };
const [nobody, somebody] = [null, principal()];
const reader = principal(['member'], ['invoices:read']);
const admin = principal(['admin', 'auditor'], ['invoices:read', 'invoices:write']);

describe('access to a route', () => {
  it.each<[string, Partial<AccessRequirements>, Principal | null, string]>([
    ['a public route and nobody', { access: 'public' }, nobody, 'granted'],
    ['a public route and somebody', { access: 'public' }, somebody, 'granted'],
    ['an optional route and nobody', { access: 'optional' }, nobody, 'granted'],
    ['an optional route and somebody', { access: 'optional' }, somebody, 'granted'],
    ['a route without a word and nobody', {}, nobody, 'unauthenticated'],
    ['a route without a word and somebody', {}, somebody, 'granted'],
    ['a permission and nobody', { permissions: [['invoices:read']] }, nobody, 'unauthenticated'],
    [
      'a permission and somebody without it',
      { permissions: [['invoices:read']] },
      somebody,
      'missing_permission',
    ],
    ['a permission and somebody with it', { permissions: [['invoices:read']] }, reader, 'granted'],
    [
      'two permissions of which one is there',
      { permissions: [['invoices:read'], ['invoices:write']] },
      reader,
      'missing_permission',
    ],
    [
      'two permissions which are there',
      { permissions: [['invoices:read'], ['invoices:write']] },
      admin,
      'granted',
    ],
    ['a permission that begins alike', { permissions: [['invoices:rea']] }, reader, 'missing_permission'],
    ['a permission in capitals', { permissions: [['INVOICES:READ']] }, reader, 'missing_permission'],
    ['a role that has the name of the permission', { roles: [['invoices:read']] }, reader, 'missing_role'],
    ['a permission that has the name of the role', { permissions: [['admin']] }, admin, 'missing_permission'],
    ['a role and nobody', { roles: [['admin']] }, nobody, 'unauthenticated'],
    ['a role and somebody without it', { roles: [['admin']] }, reader, 'missing_role'],
    ['a role and somebody with it', { roles: [['admin']] }, admin, 'granted'],
    ['one of two roles', { roles: [['admin', 'member']] }, reader, 'granted'],
    ['a role of each of two groups', { roles: [['admin'], ['auditor', 'member']] }, admin, 'granted'],
    ['two groups of which one is met', { roles: [['admin'], ['member']] }, admin, 'missing_role'],
    ['an empty group of roles', { roles: [[]] }, admin, 'missing_role'],
    [
      'a role and a permission, the role lacking',
      { roles: [['admin']], permissions: [['invoices:read']] },
      reader,
      'missing_role',
    ],
    [
      'a role and a permission, the permission lacking',
      { roles: [['member']], permissions: [['invoices:write']] },
      reader,
      'missing_permission',
    ],
  ])('with %s', (_, requirements, who, decision) => {
    expect(decideAccess({ ...NOTHING, ...requirements }, who, LOOK)).toBe(decision);
  });
});

const grants = { organization: { id: 'org_1', name: 'Acme' }, roles: [], permissions: [] };
const machine: MachinePrincipal = {
  kind: 'machine',
  machine: { clientId: 'client_1', expiresAt: NOW },
  ...grants,
};
const apiKey: ApiKeyPrincipal = {
  kind: 'apiKey',
  apiKey: { id: 'api_key_1', name: 'CI', userId: null },
  ...grants,
};

describe('a route for callers of some kinds', () => {
  it.each<[AccessRequirements['principals'], Principal, string]>([
    [['user'], somebody, 'granted'],
    [['user'], machine, 'principal_not_accepted'],
    [['user'], apiKey, 'principal_not_accepted'],
    [['machine', 'apiKey'], machine, 'granted'],
    [['machine', 'apiKey'], apiKey, 'granted'],
    [['machine', 'apiKey'], somebody, 'principal_not_accepted'],
    [[], somebody, 'principal_not_accepted'],
  ])('(%j) answers one', (principals, who, decision) => {
    expect(decideAccess({ ...NOTHING, principals }, who, LOOK)).toBe(decision);
  });
});

describe('the tenant fence', () => {
  const fenced = { ...NOTHING, organizationParam: 'organizationId', permissions: [['audit:read']] };
  const at = (organizationId?: unknown): Call => ({ ...LOOK, parameters: { organizationId } });

  it.each<[string, Principal, unknown, string]>([
    ["the caller's own organization", principal([], ['audit:read']), 'org_1', 'granted'],
    ['another one', principal([], ['audit:read']), 'org_2', 'not_found'],
    ['another one, without the permission too', somebody, 'org_2', 'not_found'],
    ['the own one in capitals', principal([], ['audit:read']), 'ORG_1', 'not_found'],
    ['the own one and more', principal([], ['audit:read']), 'org_1 ', 'not_found'],
    ['a list with the own one', principal([], ['audit:read']), ['org_1'], 'not_found'],
    ['nothing', principal([], ['audit:read']), undefined, 'not_found'],
    ['any, of a caller without one', { ...somebody, organization: null }, 'org_1', 'not_found'],
    [
      'any, of a caller without one, and nothing',
      { ...somebody, organization: null },
      undefined,
      'not_found',
    ],
    ['another one, of a machine', machine, 'org_2', 'not_found'],
    ['another one, of an API key', apiKey, 'org_2', 'not_found'],
    ['the own one, of an API key without the permission', apiKey, 'org_1', 'missing_permission'],
  ])('answers with %s', (_, who, named, decision) => {
    expect(decideAccess(fenced, who, at(named))).toBe(decision);
  });

  it('lets nobody through who is not known', () => {
    expect(decideAccess(fenced, null, at('org_1'))).toBe('unauthenticated');
  });
});

describe('somebody who acts as another person', () => {
  const acting = principal([], [], { impersonator: { email: 'support@workos.com', reason: 'ticket' } });

  it('may look, and not change anything', () => {
    expect(decideAccess(NOTHING, acting, LOOK)).toBe('granted');
    expect(decideAccess(NOTHING, acting, CHANGE)).toBe('impersonation_read_only');
    expect(decideAccess(NOTHING, somebody, CHANGE)).toBe('granted');
  });

  it('may change what is opened to them', () => {
    expect(decideAccess({ ...NOTHING, allowsImpersonation: true }, acting, CHANGE)).toBe('granted');
  });

  it('is asked the same where nobody need be known, and not looked at where nobody is', () => {
    const optional = { ...NOTHING, access: 'optional' } as const;
    expect(decideAccess(optional, acting, LOOK)).toBe('granted');
    expect(decideAccess(optional, acting, CHANGE)).toBe('impersonation_read_only');
    expect(decideAccess({ ...optional, allowsImpersonation: true }, acting, CHANGE)).toBe('granted');
    expect(decideAccess(optional, somebody, CHANGE)).toBe('granted');
    expect(decideAccess({ ...NOTHING, access: 'public' }, acting, CHANGE)).toBe('granted');
  });
});

describe('a proof that must be recent', () => {
  const recent = { ...NOTHING, recentAuth: 300 };
  const proven = (secondsAgo: number) =>
    principal([], [], { provenAt: new Date(NOW.getTime() - secondsAgo * 1000) });

  it('is one of no more than these seconds ago', () => {
    expect(decideAccess(recent, proven(0), LOOK)).toBe('granted');
    expect(decideAccess(recent, proven(300), LOOK)).toBe('granted');
    expect(decideAccess(recent, proven(301), LOOK)).toBe('reauthentication_required');
  });

  it('is not a sign-in at which nobody may have been asked', () => {
    expect(decideAccess(recent, somebody, LOOK)).toBe('reauthentication_required');
  });

  it('is not what a machine or an API key has', () => {
    expect(decideAccess(recent, machine, LOOK)).toBe('reauthentication_required');
    expect(decideAccess(recent, apiKey, LOOK)).toBe('reauthentication_required');
  });

  it('is not asked of whoever may not do it anyway', () => {
    expect(decideAccess({ ...recent, roles: [['admin']] }, somebody, LOOK)).toBe('missing_role');
  });
});
