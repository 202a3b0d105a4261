import type { ApiKey } from './api-keys/api-key.model.js';
import { seededApiKeys } from './api-keys/seeded-api-keys.js';
import type { ConnectApplication } from './connect/application.model.js';
import { seededApplications } from './connect/seeded-applications.js';
import type { DirectoryRecords } from './directories/directory.model.js';
import { seededDirectories } from './directories/seeded-directories.js';
import { domainChallenge } from './ids.js';
import type { Connection, Membership, Organization, Permission, Role, User } from './model.js';
import type { RecordIds } from './record-ids.js';
import type { Resource, ResourceGrant } from './resources/resource.model.js';
import { seededResources } from './resources/seeded-resources.js';
import type { ReadSeed } from './seed.js';

/** Fixed, so that seeded records are as old on every start. */
const SEEDED_AT = new Date('2026-01-05T09:00:00.000Z');

export interface SeededRecords extends DirectoryRecords {
  organizations: Organization[];
  connections: Connection[];
  roles: Role[];
  permissions: Permission[];
  users: User[];
  memberships: Membership[];
  apiKeys: ApiKey[];
  applications: ConnectApplication[];
  resources: Resource[];
  grants: ResourceGrant[];
}

/** @param now what was changed since the last time is changed back at this moment: nobody may take it for older news */
export function seededRecords(seed: ReadSeed, ids: RecordIds, now: Date): SeededRecords {
  const times = { createdAt: SEEDED_AT, updatedAt: now };
  const organizationIds = new Map(
    seed.organizations.map(({ id, name }) => [
      name,
      id === undefined ? ids.named('org', name) : ids.seeded('org', id),
    ]),
  );
  const organizationId = (name: string): string => organizationIds.get(name) ?? '';

  const organizations = seed.organizations.map((entry): Organization => {
    const id = organizationId(entry.name);
    const domains = entry.domains.map((item) => {
      const { domain, state } =
        typeof item === 'string' ? { domain: item, state: 'verified' as const } : item;
      const strategy = state === 'verified' ? ('manual' as const) : ('dns' as const);
      const challenge = domainChallenge(id, domain);
      const domainId = ids.named('org_domain', id, domain);
      return { id: domainId, organizationId: id, domain, state, strategy, ...challenge, ...times };
    });
    const allowProfilesOutsideOrganization = entry.allow_profiles_outside_organization;
    const unset = { externalId: null, metadata: {} };
    return { id, name: entry.name, domains, allowProfilesOutsideOrganization, ...unset, ...times };
  });

  const connections = seed.organizations.flatMap(({ name, connection }): Connection[] => {
    if (!connection) return [];
    const id =
      connection.id === undefined
        ? ids.named('conn', name, connection.name)
        : ids.seeded('conn', connection.id);
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
        certificateExpiresAt: new Date('2036-01-05T09:00:00.000Z'),
        ...times,
      },
    ];
  });

  const roles = seed.roles.map((role): Role => ({
    id: ids.named('role', role.slug),
    ...role,
    organizationId: null,
    ...times,
  }));
  const slugs = new Set(seed.roles.flatMap((role) => role.permissions));
  const permissions = [...slugs].map((slug): Permission => ({
    id: ids.named('perm', slug),
    slug,
    name: slug,
    description: null,
    ...times,
  }));

  const users = seed.people.map((person): User => ({
    id: ids.named('user', person.email.toLowerCase()),
    email: person.email,
    firstName: person.first_name,
    lastName: person.last_name,
    externalId: null,
    metadata: {},
    lastSignInAt: null,
    ...times,
  }));

  const memberships = seed.people.flatMap((person, index) =>
    person.memberships.map((entry): Membership => {
      const userId = users[index]?.id ?? '';
      const organization = organizationId(entry.organization);
      const id = ids.named('om', userId, organization);
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

  const directories = seededDirectories(seed, ids, { organizations, connections }, times);
  const apiKeys = seededApiKeys(seed, organizations, users, times);
  const applications = seededApplications(seed, organizations, times);
  const access = seededResources(seed, { organizations, users, memberships }, times);
  const people = { users, memberships, roles, permissions };
  return { organizations, connections, ...people, apiKeys, applications, ...access, ...directories };
}
