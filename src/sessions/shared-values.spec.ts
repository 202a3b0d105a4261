import { describe, expect, it } from '@jest/globals';
import { aSession } from './session.factory.js';
import { SharedValues } from './shared-values.js';

const copyOf = (changes: Parameters<typeof aSession>[1] = {}) =>
  aSession(new Date(0), {
    organization: { id: 'org_1', name: 'Acme' },
    roles: ['admin'],
    permissions: ['invoices:read', 'invoices:write'],
    ...changes,
  });

describe('what sessions have in common', () => {
  it('is kept once, and a record stays what it was', () => {
    const shared = new SharedValues();
    const [first, second] = [shared.share(copyOf()), shared.share(copyOf())];
    expect(first).toEqual(copyOf());
    expect(second.organization).toBe(first.organization);
    expect(second.permissions).toBe(first.permissions);
    expect(second.roles).toBe(first.roles);
  });

  it('is told apart: another name, another order, one permission more', () => {
    const shared = new SharedValues();
    shared.share(copyOf());
    for (const other of [
      { organization: { id: 'org_1', name: 'Acme Ltd' } },
      { permissions: ['invoices:write', 'invoices:read'] },
      { permissions: ['invoices:read', 'invoices:write', 'x'] },
      { permissions: ['invoices:read","invoices:write'] },
      { roles: [] },
    ])
      expect(shared.share(copyOf(other))).toEqual(copyOf(other));
  });

  it('is never mixed up with what a client sends', () => {
    const shared = new SharedValues();
    const texts = ['["org_1","Acme"]', '["admin"]', 'org_1', '__proto__', 'sso'];
    for (const userAgent of texts) shared.share(copyOf({ userAgent }));
    const record = shared.share(copyOf({ userAgent: 'toString' }));
    expect(record).toEqual(copyOf({ userAgent: 'toString' }));
    for (const userAgent of texts) expect(shared.share(copyOf({ userAgent }))).toEqual(copyOf({ userAgent }));
  });
});
