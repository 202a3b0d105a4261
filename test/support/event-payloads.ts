import type { ExternalIdentity } from '../../src/identity/identity-provider.port.js';

/** What WorkOS's events carry, as short as its schemas allow. `at`: the object's own `updated_at`, in seconds. */
export const second = (at: number): Date => new Date(Date.UTC(2026, 9, 1) + at * 1000);
const dated = (at: number) => ({ created_at: second(0).toISOString(), updated_at: second(at).toISOString() });

export const ADA = 'user_01HGATEH0VSEADA00000000001';
export const EVE = 'user_01HGATEH0VSEEVE00000000001';
export const ACME = 'org_01HGATEH0VSEACME0000000001';
export const GLOBEX = 'org_01HGATEH0VSEG10BEX00000001';

export const aUser = (at: number, changes: object = {}) => ({
  object: 'user',
  id: ADA,
  email: 'ada@acme.com',
  first_name: 'Ada',
  last_name: 'Lovelace',
  profile_picture_url: null,
  ...dated(at),
  ...changes,
});

export const aMembership = (at: number, changes: object = {}) => ({
  object: 'organization_membership',
  id: 'om_01HGATEH0VSEADA0000000001',
  user_id: ADA,
  organization_id: ACME,
  status: 'active',
  role: { slug: 'member' },
  roles: [{ slug: 'member' }],
  ...dated(at),
  ...changes,
});

export const aDirectory = (at: number, changes: object = {}) => ({
  object: 'directory',
  id: 'directory_acme',
  organization_id: ACME,
  type: 'okta scim v2.0',
  state: 'active',
  name: 'Acme',
  ...dated(at),
  ...changes,
});

export const aDirectoryUser = (at: number, changes: object = {}) => ({
  object: 'directory_user',
  id: 'directory_user_ada',
  directory_id: 'directory_acme',
  organization_id: ACME,
  idp_id: 'idp-ada',
  email: 'ada@acme.com',
  first_name: 'Ada',
  last_name: 'Lovelace',
  state: 'active',
  ...dated(at),
  ...changes,
});

export const aGroup = (at: number, changes: object = {}) => ({
  object: 'directory_group',
  id: 'directory_group_engineering',
  directory_id: 'directory_acme',
  organization_id: ACME,
  name: 'Engineering',
  ...dated(at),
  ...changes,
});

export const inGroup = (user = aDirectoryUser(0), group = aGroup(0)) => ({
  directory_id: group.directory_id,
  user,
  group,
});

/** Ada, as WorkOS vouches for her when she signs in. */
export const adasAccount: ExternalIdentity = {
  account: { kind: 'user', userId: ADA },
  email: 'ada@acme.com',
  firstName: 'Ada',
  lastName: 'Lovelace',
  profilePictureUrl: null,
  organizationId: ACME,
  connectionId: null,
  connectionType: null,
  method: 'sso',
  authenticatedAt: null,
  roles: ['member'],
  permissions: [],
  impersonator: null,
  tokens: null,
};

/** The same person as an identity provider vouches for them: WorkOS says nothing of what they may do. */
export function adasProfile(
  connectionId: string,
  { idpId = 'idp-ada', profileId = 'prof_ada' } = {},
): ExternalIdentity {
  const account = { kind: 'profile', connectionId, idpId, profileId } as const;
  return { ...adasAccount, account, connectionId, connectionType: 'OktaSAML', roles: [], permissions: null };
}
