import type { Membership, User, Wire } from '../model.js';
import { membershipWire, userWire } from '../wire.js';
import { newTimes, touch, type Records } from './records.js';

type UserFields = Pick<User, 'email' | 'firstName' | 'lastName' | 'externalId' | 'metadata'>;

export function createUser(
  records: Records,
  fields: Pick<User, 'email' | 'firstName' | 'lastName'> & Partial<UserFields>,
): User {
  const { state } = records;
  const user: User = {
    id: state.ids.named('user', fields.email.toLowerCase()),
    externalId: null,
    metadata: {},
    ...fields,
    lastSignInAt: null,
    ...newTimes(records),
  };
  state.users.push(user);
  state.record('user.created', userWire(user), null);
  return user;
}

export function updateUser(records: Records, user: User, changed: Partial<UserFields>): void {
  Object.assign(user, changed);
  touch(records, user);
  records.state.record('user.updated', userWire(user), null);
}

/** Sessions, memberships, identities and API keys go with the user, without an event of their own. */
export function deleteUser(records: Records, user: User): void {
  const { state, clock } = records;
  const memberships = state.memberships.filter(({ userId }) => userId === user.id);
  state.ids.spend(...memberships);
  state.users = state.users.filter(({ id }) => id !== user.id);
  state.memberships = state.memberships.filter(({ userId }) => userId !== user.id);
  state.apiKeys = state.apiKeys.filter(({ userId }) => userId !== user.id);
  for (const [profileId, userId] of state.identities) {
    if (userId === user.id) state.identities.delete(profileId);
  }
  for (const session of state.sessions) if (session.userId === user.id) session.endedAt ??= clock.now();
  for (const [id, browser] of state.browserSessions) {
    if (browser.userId === user.id) state.browserSessions.delete(id);
  }
  touch(records, user);
  state.record('user.deleted', userWire(user), null);
}

/** An inactive membership becomes active again, as at WorkOS. */
export function createMembership(
  records: Records,
  userId: string,
  organizationId: string,
  role = 'member',
): Membership {
  const { state } = records;
  const existing = state.memberships.find(
    (membership) => membership.userId === userId && membership.organizationId === organizationId,
  );
  if (existing) {
    updateMembership(records, existing, { status: 'active', role });
    return existing;
  }
  const membership: Membership = {
    id: state.ids.named('om', userId, organizationId),
    userId,
    organizationId,
    role,
    status: 'active',
    ...newTimes(records),
  };
  state.memberships.push(membership);
  tell(records, 'organization_membership.created', membership);
  return membership;
}

export function updateMembership(
  records: Records,
  membership: Membership,
  changed: Partial<Pick<Membership, 'role' | 'status'>>,
): void {
  Object.assign(membership, changed);
  touch(records, membership);
  tell(records, 'organization_membership.updated', membership);
}

export function deleteMembership(records: Records, membership: Membership): void {
  const { state } = records;
  state.memberships = state.memberships.filter(({ id }) => id !== membership.id);
  const { userId, organizationId } = membership;
  state.apiKeys = state.apiKeys.filter(
    (key) => key.userId !== userId || key.organizationId !== organizationId,
  );
  touch(records, membership);
  tell(records, 'organization_membership.deleted', membership);
}

function tell({ state }: Records, event: string, membership: Membership): void {
  state.record(event, membershipEventWire(membership, state), membership.organizationId);
}

/** Events carry neither the user nor the organization's name. */
function membershipEventWire(membership: Membership, state: Records['state']): Wire {
  const { user: _user, organization_name: _name, ...data } = membershipWire(membership, state);
  return data;
}
