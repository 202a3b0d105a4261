import { describe, expect, it } from '@jest/globals';
import type { Principal } from '../identity/principal.js';
import { decideAccess, type AccessRequirements } from './decide-access.js';

function principal(roles: string[] = [], permissions: string[] = []): Principal {
  const at = new Date('2026-03-01T12:00:00Z');
  return {
    kind: 'user',
    user: { id: 'user_1', email: 'ada@acme.com', firstName: null, lastName: null, profilePictureUrl: null },
    organization: { id: 'org_1', name: 'Acme' },
    roles,
    permissions,
    session: {
      id: 'session_1',
      authenticatedAt: at,
      expiresAt: at,
      method: 'sso',
      connectionId: null,
      impersonator: null,
    },
  };
}

const NOTHING: AccessRequirements = { access: 'signed-in', permissions: [], roles: [] };
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
    ['a permission and nobody', { permissions: ['invoices:read'] }, nobody, 'unauthenticated'],
    [
      'a permission and somebody without it',
      { permissions: ['invoices:read'] },
      somebody,
      'missing_permission',
    ],
    ['a permission and somebody with it', { permissions: ['invoices:read'] }, reader, 'granted'],
    [
      'two permissions of which one is there',
      { permissions: ['invoices:read', 'invoices:write'] },
      reader,
      'missing_permission',
    ],
    [
      'two permissions which are there',
      { permissions: ['invoices:read', 'invoices:write'] },
      admin,
      'granted',
    ],
    ['a permission that begins alike', { permissions: ['invoices:rea'] }, reader, 'missing_permission'],
    ['a permission in capitals', { permissions: ['INVOICES:READ'] }, reader, 'missing_permission'],
    ['a role that has the name of the permission', { roles: [['invoices:read']] }, reader, 'missing_role'],
    ['a permission that has the name of the role', { permissions: ['admin'] }, admin, 'missing_permission'],
    ['a role and nobody', { roles: [['admin']] }, nobody, 'unauthenticated'],
    ['a role and somebody without it', { roles: [['admin']] }, reader, 'missing_role'],
    ['a role and somebody with it', { roles: [['admin']] }, admin, 'granted'],
    ['one of two roles', { roles: [['admin', 'member']] }, reader, 'granted'],
    ['a role of each of two groups', { roles: [['admin'], ['auditor', 'member']] }, admin, 'granted'],
    ['two groups of which one is met', { roles: [['admin'], ['member']] }, admin, 'missing_role'],
    ['an empty group of roles', { roles: [[]] }, admin, 'missing_role'],
    [
      'a role and a permission, the role lacking',
      { roles: [['admin']], permissions: ['invoices:read'] },
      reader,
      'missing_role',
    ],
    [
      'a role and a permission, the permission lacking',
      { roles: [['member']], permissions: ['invoices:write'] },
      reader,
      'missing_permission',
    ],
  ])('with %s', (_, requirements, who, decision) => {
    expect(decideAccess({ ...NOTHING, ...requirements }, who)).toBe(decision);
  });
});
