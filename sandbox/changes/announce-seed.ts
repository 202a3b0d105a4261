import { announceDirectory } from '../directories/directory-changes.js';
import { announceConnection } from './connection-changes.js';
import { updateOrganization } from './organization-changes.js';
import type { Records } from './records.js';
import { updateMembership, updateUser } from './user-changes.js';

/**
 * Tells whoever follows the events what is in the seed: a service that kept its database over a restart of the sandbox hears
 * that what was changed in between is as it was.
 */
export function announceSeed(records: Records): void {
  const { organizations, connections, users, memberships, directories } = records.state;
  for (const organization of organizations) updateOrganization(records, organization, {});
  for (const connection of connections) announceConnection(records, connection);
  for (const user of users) updateUser(records, user, {});
  for (const membership of memberships) updateMembership(records, membership, {});
  for (const directory of directories)
    if (directory.state === 'active') announceDirectory(records, directory);
}
