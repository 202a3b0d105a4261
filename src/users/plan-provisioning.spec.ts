import { describe, expect, it } from '@jest/globals';
import type { ExternalIdentity } from '../identity/identity-provider.port.js';
import type { User } from '../identity/principal.js';
import { planProvisioning, type KnownAccount } from './plan-provisioning.js';

const PROFILE = { kind: 'profile', profileId: 'prof_1', connectionId: 'conn_1', idpId: 'subject-1' } as const;

function identity(changes: Partial<ExternalIdentity> = {}): ExternalIdentity {
  return {
    account: PROFILE,
    email: 'ada@acme.com',
    firstName: 'Ada',
    lastName: 'Lovelace',
    profilePictureUrl: null,
    organizationId: 'org_1',
    connectionId: 'conn_1',
    connectionType: 'OktaSAML',
    method: 'sso',
    authenticatedAt: null,
    roles: ['member'],
    permissions: null,
    impersonator: null,
    tokens: null,
    ...changes,
  };
}

const USER: User = {
  id: 'user_1',
  email: 'ada@acme.com',
  firstName: 'Ada',
  lastName: 'Lovelace',
  profilePictureUrl: null,
};
const UNKNOWN: KnownAccount = { user: null, deleted: false, profileId: null, profileTakenBy: null };
const KNOWN: KnownAccount = { user: USER, deleted: false, profileId: 'prof_1', profileTakenBy: null };
const unchanged = { kind: 'update', userId: 'user_1', relink: false, changed: false };

describe('what a sign-in does to the user record', () => {
  it('makes a user of an account that is not known, whoever else has that e-mail', () => {
    expect(planProvisioning(identity(), UNKNOWN)).toEqual({ kind: 'create' });
  });

  it('leaves a known user alone who comes back the same', () => {
    expect(planProvisioning(identity(), KNOWN)).toEqual(unchanged);
  });

  it.each<[string, Partial<ExternalIdentity>]>([
    ['e-mail', { email: 'ada.king@acme.com' }],
    ['e-mail in another case', { email: 'Ada@acme.com' }],
    ['first name', { firstName: 'Augusta' }],
    ['first name, which is gone', { firstName: null }],
    ['last name', { lastName: 'King' }],
    ['picture', { profilePictureUrl: 'https://cdn.acme.com/ada.png' }],
  ])('updates the same user where the account has a new %s', (_, changes) => {
    expect(planProvisioning(identity(changes), KNOWN)).toEqual({ ...unchanged, changed: true });
  });

  it.each<[string, Partial<ExternalIdentity>]>([
    ['roles', { roles: ['admin'] }],
    ['way of signing in', { method: 'password' }],
    ['type of connection', { connectionType: 'GenericSAML' }],
  ])('does not take new %s for a change of the person', (_, changes) => {
    expect(planProvisioning(identity(changes), KNOWN)).toEqual(unchanged);
  });

  it('follows the subject of the identity provider when WorkOS gives it a new profile', () => {
    const account = { ...PROFILE, profileId: 'prof_2' };
    expect(planProvisioning(identity({ account }), KNOWN)).toEqual({ ...unchanged, relink: true });
  });

  it('has nothing to relink for an account of WorkOS itself', () => {
    const account = { kind: 'user', userId: 'user_1' } as const;
    expect(planProvisioning(identity({ account }), { ...KNOWN, profileId: null })).toEqual(unchanged);
  });

  it.each([
    ['a known user', KNOWN],
    ['nobody known', UNKNOWN],
  ])('refuses a profile that belongs to another subject, with %s', (_, known) => {
    const taken = { ...known, profileTakenBy: 'account_of_eve' };
    expect(planProvisioning(identity(), taken)).toEqual({
      kind: 'refuse',
      code: 'provisioning_refused',
      reason: 'profile_of_another_subject',
    });
  });

  it('refuses a user whom WorkOS has deleted, whatever the account says now', () => {
    expect(planProvisioning(identity({ firstName: 'Eve' }), { ...KNOWN, deleted: true })).toEqual({
      kind: 'refuse',
      code: 'account_deactivated',
      reason: 'user_deleted',
    });
  });
});
