import { describe, expect, it } from '@jest/globals';
import { DEFAULT_POLICY, type OrganizationPolicy } from '../organizations/organization-policy.js';
import {
  decidePolicyChange,
  differences,
  shutsOutGuests,
  type PolicyQuestion,
} from './decide-policy-change.js';

const OKTA = { id: 'conn_okta', state: 'active' };
const CALLER = {
  isGuest: false,
  groups: new Set(['Engineering', 'directory_group_1']),
  session: { method: 'sso', connectionId: OKTA.id },
  permissions: ['organization:manage', 'invoices:read'],
};

interface Given extends Partial<Omit<PolicyQuestion, 'before' | 'after' | 'caller'>> {
  readonly before?: Partial<OrganizationPolicy>;
  readonly caller?: Partial<PolicyQuestion['caller']>;
}

function question(
  change: Partial<OrganizationPolicy>,
  { before, caller, ...rest }: Given = {},
): PolicyQuestion {
  const old = { ...DEFAULT_POLICY, ...before };
  return {
    before: old,
    after: { ...old, ...change },
    connections: [OKTA],
    guests: 'deny',
    permissionsOf: new Map([
      ['member', ['invoices:read']],
      ['owner', ['invoices:read', 'organization:delete']],
    ]),
    ...rest,
    caller: { ...CALLER, ...caller },
  };
}

const GUEST = { isGuest: true };
const OPEN = { guests: 'allow' } as const;

const CASES: [string, Partial<OrganizationPolicy>, Given, string | null][] = [
  ['required sign-on with an active connection', { ssoRequired: true }, {}, null],
  [
    'required sign-on without a connection',
    { ssoRequired: true },
    { connections: [] },
    'no_active_connection',
  ],
  [
    'required sign-on with an inactive connection alone',
    { ssoRequired: true },
    { connections: [{ id: OKTA.id, state: 'inactive' }] },
    'no_active_connection',
  ],
  [
    'required sign-on by somebody with a password',
    { ssoRequired: true },
    { caller: { session: { method: 'password', connectionId: null } } },
    'policy_excludes_you',
  ],
  [
    "required sign-on by somebody who came through another company's connection",
    { ssoRequired: true },
    { caller: { session: { method: 'sso', connectionId: 'conn_eve' } } },
    'policy_excludes_you',
  ],
  [
    'required sign-on by somebody whose connection is not named',
    { ssoRequired: true },
    { caller: { session: { method: 'sso', connectionId: null } } },
    null,
  ],
  [
    'sign-on that is not required any more, in an emergency',
    { ssoRequired: false },
    { before: { ssoRequired: true }, caller: { session: { method: 'break_glass', connectionId: null } } },
    null,
  ],
  [
    'something else where sign-on was required and the connection is gone',
    { idleTimeout: 600 },
    { before: { ssoRequired: true }, connections: [] },
    null,
  ],
  ['a group that the caller is in, by name', { requiredGroups: ['Finance', 'Engineering'] }, {}, null],
  ['a group that the caller is in, by id', { requiredGroups: ['directory_group_1'] }, {}, null],
  ['a group that the caller is not in', { requiredGroups: ['Finance'] }, {}, 'policy_excludes_you'],
  [
    'a group, by a caller whom no directory knows',
    { requiredGroups: ['Engineering'] },
    { caller: { groups: new Set() } },
    'policy_excludes_you',
  ],
  [
    'something else where a group already shuts the caller out',
    { idleTimeout: 600 },
    { before: { requiredGroups: ['Finance'] } },
    null,
  ],
  ['no guests, by one of the own', { guests: 'deny' }, { before: OPEN }, null],
  ['no guests, by a guest', { guests: 'deny' }, { before: OPEN, caller: GUEST }, 'policy_excludes_you'],
  [
    "no word on guests, by a guest, where the service's own is no",
    { guests: null },
    { before: OPEN, caller: GUEST },
    'policy_excludes_you',
  ],
  [
    'no guests through the connection of the guest who says so',
    { connectionGuests: { [OKTA.id]: 'deny' } },
    { before: OPEN, caller: GUEST },
    'policy_excludes_you',
  ],
  [
    'no guests but through the connection of the guest who says so',
    { guests: 'deny', connectionGuests: { [OKTA.id]: 'allow' } },
    { before: OPEN, caller: GUEST },
    null,
  ],
  ['guests of an own connection', { connectionGuests: { [OKTA.id]: 'allow' } }, {}, null],
  ['guests of a foreign connection', { connectionGuests: { conn_eve: 'allow' } }, {}, 'invalid_request'],
  [
    'something else where a connection that had a rule is gone',
    { idleTimeout: 600 },
    { before: { connectionGuests: { conn_old: 'allow' } } },
    null,
  ],
  ['a role that allows no more than the caller may', { groupRoles: { Finance: 'member' } }, {}, null],
  ['a role that allows more, for a group', { groupRoles: { Finance: 'owner' } }, {}, 'role_beyond_yours'],
  ['a role that allows more, by default', { defaultRole: 'owner' }, {}, 'role_beyond_yours'],
  ['a role that nobody knows', { defaultRole: 'later' }, {}, null],
  [
    'a second group where another had the greater role before',
    { groupRoles: { Staff: 'owner', Finance: 'member' } },
    { before: { groupRoles: { Staff: 'owner' } } },
    null,
  ],
  [
    'a group named as a member of every object',
    { groupRoles: { constructor: 'owner' } },
    {},
    'role_beyond_yours',
  ],
];

describe('a change of the policy', () => {
  it.each(CASES)('to %s', (_what, change, given, code) => {
    expect(decidePolicyChange(question(change, given))?.code ?? null).toBe(code);
  });

  it('names the field of a foreign connection', () => {
    const problem = decidePolicyChange(question({ connectionGuests: { conn_eve: 'allow' } }));
    expect(problem?.options.members).toEqual({
      errors: [{ field: 'connectionGuests.conn_eve', message: 'is no connection of this organization' }],
    });
  });
});

describe('whether a change shuts guests out', () => {
  it.each<[string, Partial<OrganizationPolicy>, Given, boolean]>([
    ['shorter limits', { idleTimeout: 60, absoluteTimeout: 60 }, {}, false],
    ['guests are let in', { guests: 'allow' }, {}, false],
    ['guests are let in no more', { guests: 'deny' }, { before: OPEN }, true],
    ['guests were not let in before', { guests: 'deny' }, {}, false],
    [
      'guests are let in no more through one connection',
      { connectionGuests: { [OKTA.id]: 'deny' } },
      { before: OPEN },
      true,
    ],
  ])('where %s', (_what, change, given, expected) => {
    expect(shutsOutGuests(question(change, given))).toBe(expected);
  });
});

describe('the difference between two policies', () => {
  it('has only what changed, before and after', () => {
    const after = { ...DEFAULT_POLICY, idleTimeout: 600, groupRoles: { Staff: 'member' } };
    expect(differences(DEFAULT_POLICY, after)).toEqual({
      idleTimeout: { before: null, after: 600 },
      groupRoles: { before: {}, after: { Staff: 'member' } },
    });
    expect(differences(after, { ...after, groupRoles: { Staff: 'member' } })).toEqual({});
  });
});
