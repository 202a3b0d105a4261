import { createMembership, createUser } from './changes/user-changes.js';
import { stableId } from './ids.js';
import type { Connection, Profile, User } from './model.js';
import type { SamlIdentity } from './saml/service-provider.js';
import type { Sandbox } from './sandbox.js';

/** The profile of a SAML subject, created or brought up to date. Its role is the one that the person has in the organization. */
export function profileOf(sandbox: Sandbox, connection: Connection, identity: SamlIdentity): Profile {
  const { state } = sandbox;
  const user = state.userByEmail(identity.email);
  const membership = user && state.membership(user.id, connection.organizationId);
  return keep(sandbox, {
    id: stableId('prof', connection.id, identity.id),
    organizationId: connection.organizationId,
    connectionId: connection.id,
    connectionType: connection.type,
    idpId: identity.id,
    email: identity.email,
    firstName: identity.firstName,
    lastName: identity.lastName,
    role: membership?.role ?? 'member',
    groups: identity.groups,
  });
}

/** The profile of somebody at an OAuth provider, which belongs to no organization. */
export function providerProfile(sandbox: Sandbox, provider: string, email: string): Profile {
  const user = sandbox.state.userByEmail(email);
  return keep(sandbox, {
    id: stableId('prof', provider, email.toLowerCase()),
    organizationId: null,
    connectionId: stableId('conn', provider),
    connectionType: provider,
    idpId: stableId('sub', provider, email.toLowerCase()),
    email,
    firstName: user?.firstName ?? null,
    lastName: user?.lastName ?? null,
    role: null,
    groups: [],
  });
}

function keep(sandbox: Sandbox, profile: Profile): Profile {
  const { state } = sandbox;
  state.profiles = [...state.profiles.filter(({ id }) => id !== profile.id), profile];
  return profile;
}

/** The AuthKit user behind a profile: known by the profile, else by the e-mail, else new; member of its organization. */
export function linkUser(sandbox: Sandbox, profile: Profile): User {
  const { state } = sandbox;
  const linked = state.identities.get(profile.id);
  const user =
    (linked === undefined ? undefined : state.user(linked)) ??
    state.userByEmail(profile.email) ??
    createUser(sandbox, { email: profile.email, firstName: profile.firstName, lastName: profile.lastName });
  state.identities.set(profile.id, user.id);
  if (profile.organizationId !== null && !state.membership(user.id, profile.organizationId)) {
    createMembership(sandbox, user.id, profile.organizationId);
  }
  return user;
}

export function recordSso(
  sandbox: Sandbox,
  connection: Connection,
  who: { userId: string | null; email: string | null },
  failure?: { code: string; message: string },
): void {
  sandbox.state.record(
    failure ? 'authentication.sso_failed' : 'authentication.sso_succeeded',
    {
      type: 'sso',
      status: failure ? 'failed' : 'succeeded',
      ip_address: null,
      user_agent: null,
      user_id: who.userId,
      email: who.email,
      sso: { organization_id: connection.organizationId, connection_id: connection.id, session_id: null },
      ...(failure && { error: failure }),
    },
    connection.organizationId,
  );
}
