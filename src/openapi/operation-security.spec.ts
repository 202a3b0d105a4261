import { describe, expect, it } from '@jest/globals';
import type { AccessRequirements } from '../auth/index.js';
import { operationSecurity } from './operation-security.js';

const ANYONE: AccessRequirements = {
  access: 'signed-in',
  principals: ['user', 'machine', 'apiKey'],
  permissions: [],
  roles: [],
  recentAuth: null,
  allowsImpersonation: false,
  organizationParam: null,
  needsOrganization: false,
  resources: [],
};
const of = (asked: Partial<AccessRequirements>, isSafe = true) =>
  operationSecurity({ ...ANYONE, ...asked }, isSafe);

describe('the security of an operation', () => {
  it('is an empty list where everybody may come', () => {
    expect(of({ access: 'public' }, false)).toEqual({ security: [], refusals: [], needs: '' });
  });

  it('may be left out where a sign-in is only looked at', () => {
    const { security, refusals } = of({ access: 'optional' });
    expect(security).toEqual([{ session: [] }, { bearer: [] }, {}]);
    expect(refusals).not.toContain('unauthenticated');
    expect(refusals).not.toContain('principal_not_accepted');
  });

  it('tells of known callers who cannot fill a parameter of an open route', () => {
    const { refusals } = of({ access: 'optional', principals: ['user'], needsOrganization: true });
    expect(refusals).toEqual(expect.arrayContaining(['principal_not_accepted', 'organization_required']));
  });

  it('is a session or a bearer token where somebody must be known', () => {
    const { security, refusals, needs } = of({});
    expect(security).toEqual([{ session: [] }, { bearer: [] }]);
    expect(refusals).toContain('unauthenticated');
    expect(needs).toBe('');
  });

  it('is no session where no person may come', () => {
    const { security, refusals, needs } = of({ principals: ['machine', 'apiKey'] }, false);
    expect(security).toEqual([{ bearer: [] }]);
    expect(refusals).toContain('principal_not_accepted');
    expect(refusals).not.toContain('impersonation_read_only');
    expect(needs).toBe('For machines and API keys alone.');
  });

  it('names the permissions and roles that are asked for', () => {
    const { refusals, needs } = of({ permissions: [['a'], ['b', 'c']], roles: [['admin', 'auditor']] });
    expect(refusals).toEqual(expect.arrayContaining(['missing_role', 'missing_permission']));
    expect(needs).toBe(
      'Needs the permission `a`. Needs the permission `b` or `c`. Needs the role `admin` or `auditor`.',
    );
  });

  it('names the permission on a single resource', () => {
    const resources = [{ permission: 'document:edit', resource: 'document', param: 'documentId' }];
    const { refusals, needs } = of({ resources });
    expect(refusals).toContain('missing_permission');
    expect(needs).toBe('Needs the permission `document:edit` on the document that `documentId` names.');
  });

  it.each<[string, Partial<AccessRequirements>, boolean, string, boolean]>([
    ['an organization to act for', { needsOrganization: true }, true, 'organization_required', true],
    ['callers without one', {}, true, 'organization_required', false],
    ['a recent proof', { recentAuth: 300 }, true, 'reauthentication_required', true],
    ['an organization in the path', { organizationParam: 'id' }, true, 'not_found', true],
    ['a change by somebody who acts as another', {}, false, 'impersonation_read_only', true],
    [
      'such a change where it is allowed',
      { allowsImpersonation: true },
      false,
      'impersonation_read_only',
      false,
    ],
    ['it on a route that needs nobody', { access: 'optional' }, false, 'impersonation_read_only', true],
    ['a look by somebody who acts as another', {}, true, 'impersonation_read_only', false],
  ])('tells of %s', (_what, asked, isSafe, code, expected) => {
    expect(of(asked, isSafe).refusals.includes(code as never)).toBe(expected);
  });
});
