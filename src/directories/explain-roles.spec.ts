import { describe, expect, it } from '@jest/globals';
import { explainRoles, rolesOf, type RoleFacts } from './explain-roles.js';
import { passesGate } from './standing.js';

const ENGINEERING = { id: 'directory_group_1', name: 'Engineering' };
const FINANCE = { id: 'directory_group_2', name: 'Finance' };
const facts = (
  changes: Partial<Omit<RoleFacts, 'policy'>> & Partial<RoleFacts['policy']> = {},
): RoleFacts => {
  const { groupRoles = {}, defaultRole = null, workosRoles = [], groups = [] } = changes;
  return { workosRoles, groups, policy: { groupRoles, defaultRole } };
};

describe('why somebody has a role', () => {
  it('is that WorkOS says so, that a group has it, or both', () => {
    const sources = explainRoles(
      facts({
        workosRoles: ['member', 'admin'],
        groups: [ENGINEERING, FINANCE],
        groupRoles: { Engineering: 'developer', [FINANCE.id]: 'admin', Sales: 'seller' },
      }),
    );
    expect(sources).toEqual([
      { role: 'admin', from: 'workos' },
      { role: 'admin', from: 'group', group: FINANCE },
      { role: 'developer', from: 'group', group: ENGINEERING },
      { role: 'member', from: 'workos' },
    ]);
    expect(rolesOf(sources)).toEqual(['admin', 'developer', 'member']);
  });

  it('is that everybody has it for whom nothing else is said, and for nobody else', () => {
    expect(explainRoles(facts({ defaultRole: 'guest' }))).toEqual([{ role: 'guest', from: 'default' }]);
    expect(rolesOf(explainRoles(facts({ defaultRole: 'guest', workosRoles: ['member'] })))).toEqual([
      'member',
    ]);
    const grouped = facts({
      defaultRole: 'guest',
      groups: [FINANCE],
      groupRoles: { Finance: 'accountant' },
    });
    expect(rolesOf(explainRoles(grouped))).toEqual(['accountant']);
    expect(explainRoles(facts())).toEqual([]);
  });

  it('is the group by its id and by its name where both are mapped, each role once', () => {
    const groupRoles = { [ENGINEERING.id]: 'developer', Engineering: 'operator' };
    expect(rolesOf(explainRoles(facts({ groups: [ENGINEERING], groupRoles })))).toEqual([
      'developer',
      'operator',
    ]);
    const twice = { [ENGINEERING.id]: 'developer', Engineering: 'developer' };
    expect(explainRoles(facts({ groups: [ENGINEERING], groupRoles: twice }))).toHaveLength(1);
  });

  it.each(['engineering', 'Engineering ', 'constructor', '__proto__', 'toString'])(
    'is not a group that only looks like a mapped one: %j',
    (name) => {
      const groups = [{ id: 'directory_group_9', name }];
      expect(explainRoles(facts({ groups, groupRoles: { Engineering: 'developer' } }))).toEqual([]);
    },
  );
});

describe('a gate of groups', () => {
  it('lets those in who are in one of them, by name or by id', () => {
    expect(passesGate([ENGINEERING], ['Sales', 'Engineering'])).toBe(true);
    expect(passesGate([FINANCE], [FINANCE.id])).toBe(true);
    expect(passesGate([FINANCE], ['Engineering'])).toBe(false);
    expect(passesGate([], ['Engineering'])).toBe(false);
  });

  it('is open to all where no group is required', () => {
    expect(passesGate([], [])).toBe(true);
  });
});
