import { stableId } from '../ids.js';
import type { Connection, Organization } from '../model.js';
import type { RecordIds } from '../record-ids.js';
import type { ReadSeed } from '../seed.js';
import type { Directory, DirectoryGroup, DirectoryRecords, DirectoryUser } from './directory.model.js';

interface Owners {
  readonly organizations: readonly Organization[];
  readonly connections: readonly Connection[];
}

/** A person of a directory has the subject that the connection's Test Identity Provider gives them. */
export function seededDirectories(
  seed: ReadSeed,
  ids: RecordIds,
  { organizations, connections }: Owners,
  times: { createdAt: Date; updatedAt: Date },
): DirectoryRecords {
  const records = { directories: [], directoryUsers: [], formerDirectoryUsers: [], directoryGroups: [] };
  const { directories, directoryUsers, directoryGroups }: DirectoryRecords = records;
  seed.organizations.forEach(({ name: organization, directory: entry }, index) => {
    const organizationId = organizations[index]?.id;
    if (!entry || organizationId === undefined) return;
    const id =
      entry.id === undefined
        ? ids.named('directory', organization, entry.name)
        : ids.seeded('directory', entry.id);
    const { name, type, state } = entry;
    const directory: Directory = { id, organizationId, name, type, state, ...times };
    directories.push(directory);
    const groups = entry.groups.map((group): DirectoryGroup => ({
      id: ids.named('directory_group', id, group),
      directoryId: id,
      organizationId,
      idpId: stableId('idp_group', id, group),
      name: group,
      ...times,
    }));
    directoryGroups.push(...groups);
    const scope = connections.find((connection) => connection.organizationId === organizationId)?.id ?? id;
    for (const user of entry.users) {
      const email = user.email.toLowerCase();
      const known = seed.people.find((person) => person.email.toLowerCase() === email);
      directoryUsers.push({
        id: ids.named('directory_user', id, email),
        directoryId: id,
        organizationId,
        idpId: user.idp_id ?? stableId('idp', scope, email),
        email: user.email,
        username: user.email,
        firstName: known?.first_name ?? null,
        lastName: known?.last_name ?? null,
        jobTitle: null,
        state: 'active',
        groupIds: groups.filter(({ name }) => user.groups.includes(name)).map((group) => group.id),
        customAttributes: {},
        ...times,
      } satisfies DirectoryUser);
    }
  });
  return records;
}
