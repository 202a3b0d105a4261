import { describe, expect, it } from '@jest/globals';
import { operationSecurity } from './operation-security.js';

const ASKS = { permissions: [], roles: [] };

describe('the security of an operation', () => {
  it('is an empty list where everybody may come', () => {
    expect(operationSecurity({ ...ASKS, access: 'public' })).toEqual({
      security: [],
      refusals: [],
      needs: '',
    });
  });

  it('may be left out where a sign-in is only looked at', () => {
    const { security, refusals } = operationSecurity({ ...ASKS, access: 'optional' });
    expect(security).toEqual([{ session: [] }, { bearer: [] }, {}]);
    expect(refusals).toEqual([]);
  });

  it('is a session or a bearer token where somebody must be signed in', () => {
    const { security, refusals } = operationSecurity({ ...ASKS, access: 'signed-in' });
    expect(security).toEqual([{ session: [] }, { bearer: [] }]);
    expect(refusals).toEqual(['unauthenticated']);
  });

  it('names the permissions and roles that are asked for', () => {
    const { refusals, needs } = operationSecurity({
      access: 'signed-in',
      permissions: ['invoices:read'],
      roles: [['admin', 'auditor']],
    });
    expect(refusals).toEqual(['unauthenticated', 'missing_role', 'missing_permission']);
    expect(needs).toBe('Needs the permission `invoices:read`. Needs the role `admin` or `auditor`.');
  });
});
