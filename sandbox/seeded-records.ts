import type { DirectoryRecords } from './directories/directory.model.js';
import { seededDirectories } from './directories/seeded-directories.js';
import { stableId } from './ids.js';
import type { Connection, Membership, Organization, Role, User } from './model.js';
import type { ReadSeed } from './seed.js';

/** Fixed, so that answers about seeded records are the same on every start. */
const SEEDED_AT = new Date('2026-01-05T09:00:00.000Z');

export interface SeededRecords extends DirectoryRecords {
  organizations: Organization[];
  connections: Connection[];
  roles: Role[];
  users: User[];
  memberships: Membership[];
}

export function seededRecords(seed: ReadSeed): SeededRecords {
  const times = { createdAt: SEEDED_AT, updatedAt: SEEDED_AT };
  const organizationId = (name: string): string =>
    seed.organizations.find((entry) => entry.name === name)?.id ?? stableId('org', name);

  const organizations = seed.organizations.map((entry): Organization => {
    const id = organizationId(entry.name);
    const domains = entry.domains.map((item) => {
      const { domain, state } =
        typeof item === 'string' ? { domain: item, state: 'verified' as const } : item;
      return { id: stableId('org_domain', id, domain), organizationId: id, domain, state };
    });
    const allowProfilesOutsideOrganization = entry.allow_profiles_outside_organization;
    return { id, name: entry.name, domains, allowProfilesOutsideOrganization, ...times };
  });

  const connections = seed.organizations.flatMap(({ name, connection }): Connection[] => {
    if (!connection) return [];
    const id = connection.id ?? stableId('conn', name, connection.name);
    const { connection_type: type, state } = connection;
    const idp = 'test-idp' as const;
    return [
      {
        id,
        organizationId: organizationId(name),
        name: connection.name,
        type,
        state,
        idpInitiated: 'code',
        idp,
        ...times,
      },
    ];
  });

  const roles = seed.roles.map((role): Role => ({ id: stableId('role', role.slug), ...role }));

  const users = seed.people.map((person): User => ({
    id: stableId('user', person.email.toLowerCase()),
    email: person.email,
    firstName: person.first_name,
    lastName: person.last_name,
    lastSignInAt: null,
    ...times,
  }));

  const memberships = seed.people.flatMap((person) =>
    person.memberships.map((entry): Membership => {
      const userId = stableId('user', person.email.toLowerCase());
      const organization = organizationId(entry.organization);
      const id = stableId('om', userId, organization);
      return {
        id,
        userId,
        organizationId: organization,
        role: entry.role,
        status: 'active',
        ...times,
      };
    }),
  );

  const directories = seededDirectories(seed, organizations, connections, times);
  return { organizations, connections, roles, users, memberships, ...directories };
}
