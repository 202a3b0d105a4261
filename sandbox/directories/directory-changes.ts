import { newTimes, touch, type Records } from '../changes/records.js';
import { freshId, stableId } from '../ids.js';
import type { EventActor, Wire } from '../model.js';
import type { Directory, DirectoryGroup, DirectoryUser, Suspension } from './directory.model.js';
import {
  directoryDeletedWire,
  directoryGroupWire,
  directorySwitchedWire,
  directoryUserWire,
} from './directory.wire.js';

/** An event about something in a directory; one that does not synchronize is silent. */
function tell({ state }: Records, directoryId: string, event: string, data: Wire): void {
  const directory = state.directories.find(({ id }) => id === directoryId);
  if (directory?.state === 'active') state.record(event, data, directory.organizationId);
}

export function createDirectory(
  records: Records,
  organizationId: string,
  given: Pick<Directory, 'name' | 'type' | 'state'>,
): Directory {
  const directory: Directory = { id: freshId('directory'), organizationId, ...given, ...newTimes(records) };
  records.state.directories.push(directory);
  if (directory.state === 'active') announceDirectory(records, directory);
  return directory;
}

/**
 * Activation tells of the directory, then of everybody in it: WorkOS's initial synchronization. One that cannot be reached for
 * now is not switched off, and nothing is told of it.
 */
export function setDirectoryState(
  records: Records,
  directory: Directory,
  state: Directory['state'],
  actor: EventActor | null = null,
): void {
  if (directory.state === state) return;
  directory.state = state;
  touch(records, directory);
  if (state === 'active') announceDirectory(records, directory, actor);
  if (state !== 'inactive') return;
  const data = directorySwitchedWire(directory, records.state.organization(directory.organizationId));
  records.state.record('dsync.deactivated', data, directory.organizationId, actor);
}

export function announceDirectory(
  records: Records,
  directory: Directory,
  actor: EventActor | null = null,
): void {
  const { state } = records;
  const data = directorySwitchedWire(directory, state.organization(directory.organizationId));
  state.record('dsync.activated', data, directory.organizationId, actor);
  const inside = ({ directoryId }: { directoryId: string }): boolean => directoryId === directory.id;
  const users = state.directoryUsers.filter(inside);
  for (const user of users) tell(records, directory.id, 'dsync.user.created', directoryUserWire(user, state));
  for (const group of state.directoryGroups.filter(inside)) {
    tell(records, directory.id, 'dsync.group.created', directoryGroupWire(group));
    for (const user of users.filter(({ groupIds }) => groupIds.includes(group.id))) {
      tellMembership(records, 'dsync.group.user_added', user, group);
    }
  }
}

/** Its people and groups go without an event of their own, as at WorkOS. */
export function deleteDirectory(records: Records, directory: Directory): void {
  const { state } = records;
  const outside = ({ directoryId }: { directoryId: string }): boolean => directoryId !== directory.id;
  state.directories = state.directories.filter(({ id }) => id !== directory.id);
  state.formerDirectoryUsers.push(...state.directoryUsers.filter((user) => !outside(user)));
  state.directoryUsers = state.directoryUsers.filter(outside);
  state.directoryGroups = state.directoryGroups.filter(outside);
  touch(records, directory);
  state.record('dsync.deleted', directoryDeletedWire(directory), directory.organizationId);
}

export type PersonFields = Pick<
  DirectoryUser,
  'email' | 'username' | 'firstName' | 'lastName' | 'jobTitle' | 'customAttributes'
>;

export function addDirectoryUser(
  records: Records,
  directory: Directory,
  fields: PersonFields & { idpId?: string | undefined; groupIds: string[] },
): DirectoryUser {
  const { state } = records;
  const { id: directoryId, organizationId } = directory;
  const { groupIds, idpId = subjectOf(records, directory, fields.email), ...person } = fields;
  const user: DirectoryUser = {
    id: freshId('directory_user'),
    directoryId,
    organizationId,
    idpId,
    ...person,
    state: 'active',
    groupIds: [],
    ...newTimes(records),
  };
  state.directoryUsers.push(user);
  tell(records, directoryId, 'dsync.user.created', directoryUserWire(user, state));
  for (const groupId of groupIds) addToGroup(records, user, groupId);
  return user;
}

/** The subject that the Test Identity Provider of the organization has for this e-mail, so that both are one person. */
function subjectOf({ state }: Records, directory: Directory, email: string | null): string {
  const connection = state.connections.find(
    ({ organizationId }) => organizationId === directory.organizationId,
  );
  if (email === null) return freshId('idp');
  return stableId('idp', connection?.id ?? directory.id, email.toLowerCase());
}

export function updateDirectoryUser(
  records: Records,
  user: DirectoryUser,
  changed: Partial<PersonFields & Pick<DirectoryUser, 'state'>>,
): void {
  const before = directoryUserWire(user, records.state);
  Object.assign(user, changed);
  const previous = differences(before, directoryUserWire(user, records.state));
  if (Object.keys(previous).length === 0) return;
  touch(records, user);
  const data = directoryUserWire(user, records.state);
  tell(records, user.directoryId, 'dsync.user.updated', { ...data, previous_attributes: previous });
}

function differences(before: Wire, after: Wire): Wire {
  return Object.fromEntries(
    Object.entries(before).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(after[name])),
  );
}

export function deleteDirectoryUser(records: Records, user: DirectoryUser): void {
  const { state } = records;
  if (!state.directoryUsers.includes(user)) return;
  state.directoryUsers = state.directoryUsers.filter(({ id }) => id !== user.id);
  state.formerDirectoryUsers.push(user);
  touch(records, user);
  tell(records, user.directoryId, 'dsync.user.deleted', directoryUserWire(user, state));
}

export function suspendDirectoryUser(records: Records, user: DirectoryUser, as: Suspension): void {
  if (as === 'inactive') return updateDirectoryUser(records, user, { state: 'inactive' });
  user.state = 'inactive';
  deleteDirectoryUser(records, user);
}

/** Whoever was deleted comes back as a new person with the same subject and groups. */
export function reactivateDirectoryUser(records: Records, user: DirectoryUser): DirectoryUser {
  const { state } = records;
  const directory = state.directories.find(({ id }) => id === user.directoryId);
  if (state.directoryUsers.includes(user) || !directory) {
    updateDirectoryUser(records, user, { state: 'active' });
    return user;
  }
  state.formerDirectoryUsers = state.formerDirectoryUsers.filter(({ id }) => id !== user.id);
  const known = state.directoryGroups.map(({ id }) => id);
  const groupIds = user.groupIds.filter((id) => known.includes(id));
  return addDirectoryUser(records, directory, { ...fieldsOf(user), groupIds });
}

function fieldsOf(user: DirectoryUser): PersonFields & { idpId: string } {
  const { idpId, email, username, firstName, lastName, jobTitle, customAttributes } = user;
  return { idpId, email, username, firstName, lastName, jobTitle, customAttributes };
}

export function addDirectoryGroup(records: Records, directory: Directory, name: string): DirectoryGroup {
  const { id: directoryId, organizationId } = directory;
  const id = freshId('directory_group');
  const group = { id, directoryId, organizationId, idpId: freshId('idp_group'), name, ...newTimes(records) };
  records.state.directoryGroups.push(group);
  tell(records, directoryId, 'dsync.group.created', directoryGroupWire(group));
  return group;
}

export function renameDirectoryGroup(records: Records, group: DirectoryGroup, name: string): void {
  if (group.name === name) return;
  const previous = { name: group.name };
  group.name = name;
  touch(records, group);
  const data = { ...directoryGroupWire(group), previous_attributes: previous };
  tell(records, group.directoryId, 'dsync.group.updated', data);
}

/** Nobody is told to have left it, as at WorkOS. */
export function deleteDirectoryGroup(records: Records, group: DirectoryGroup): void {
  const { state } = records;
  state.directoryGroups = state.directoryGroups.filter(({ id }) => id !== group.id);
  for (const user of state.directoryUsers) user.groupIds = user.groupIds.filter((id) => id !== group.id);
  touch(records, group);
  tell(records, group.directoryId, 'dsync.group.deleted', directoryGroupWire(group));
}

/** Membership is no field of either side: neither `updated_at` moves. */
export function addToGroup(records: Records, user: DirectoryUser, groupId: string): void {
  const group = records.state.directoryGroups.find(({ id }) => id === groupId);
  if (!group || user.groupIds.includes(groupId)) return;
  user.groupIds = [...user.groupIds, groupId];
  tellMembership(records, 'dsync.group.user_added', user, group);
}

export function removeFromGroup(records: Records, user: DirectoryUser, groupId: string): void {
  const group = records.state.directoryGroups.find(({ id }) => id === groupId);
  if (!group || !user.groupIds.includes(groupId)) return;
  user.groupIds = user.groupIds.filter((id) => id !== groupId);
  tellMembership(records, 'dsync.group.user_removed', user, group);
}

function tellMembership(records: Records, event: string, user: DirectoryUser, group: DirectoryGroup): void {
  const data = {
    directory_id: group.directoryId,
    user: directoryUserWire(user, records.state),
    group: directoryGroupWire(group),
  };
  tell(records, group.directoryId, event, data);
}
