import type { Organization, Wire } from '../model.js';
import type { SandboxState } from '../state.js';
import { times } from '../wire.js';
import type { Directory, DirectoryGroup, DirectoryUser } from './directory.model.js';

/** The REST API has other words for the states than the events. */
const REST_STATES: Record<string, string> = { active: 'linked', inactive: 'unlinked' };

export function directoryWire(directory: Directory, state: SandboxState): Wire {
  const users = state.directoryUsers.filter(({ directoryId }) => directoryId === directory.id);
  const groups = state.directoryGroups.filter(({ directoryId }) => directoryId === directory.id);
  const active = users.filter((user) => user.state === 'active').length;
  const domain = state.organization(directory.organizationId)?.domains[0]?.domain;
  return {
    ...identity(directory),
    state: REST_STATES[directory.state] ?? directory.state,
    external_key: directory.id,
    ...(domain !== undefined && { domain }),
    metadata: { users: { active, inactive: users.length - active }, groups: groups.length },
  };
}

function identity(directory: Directory): Wire {
  return {
    object: 'directory',
    id: directory.id,
    organization_id: directory.organizationId,
    type: directory.type,
    name: directory.name,
    ...times(directory),
  };
}

/** In the events of both switches. */
export function directorySwitchedWire(directory: Directory, organization: Organization | undefined): Wire {
  const domains = (organization?.domains ?? []).map(({ id, domain }) => ({
    object: 'organization_domain',
    id,
    domain,
  }));
  return { ...identity(directory), state: directory.state, external_key: directory.id, domains };
}

export function directoryDeletedWire(directory: Directory): Wire {
  return { ...identity(directory), state: 'deleting' };
}

export function directoryGroupWire(group: DirectoryGroup): Wire {
  return {
    object: 'directory_group',
    id: group.id,
    idp_id: group.idpId,
    directory_id: group.directoryId,
    organization_id: group.organizationId,
    name: group.name,
    raw_attributes: {},
    ...times(group),
  };
}

/** A person as events carry them. Fields that WorkOS no longer fills are filled only where the setting says so. */
export function directoryUserWire(user: DirectoryUser, { settings }: SandboxState): Wire {
  const legacy = settings.directoryLegacyFields;
  const name = [user.firstName, user.lastName].filter(Boolean).join(' ');
  return {
    object: 'directory_user',
    id: user.id,
    directory_id: user.directoryId,
    organization_id: user.organizationId,
    idp_id: user.idpId,
    email: user.email,
    first_name: user.firstName,
    last_name: user.lastName,
    name: name === '' ? null : name,
    emails: legacy && user.email !== null ? [{ primary: true, type: 'work', value: user.email }] : [],
    job_title: legacy ? user.jobTitle : null,
    username: legacy ? user.username : null,
    state: user.state,
    raw_attributes: {},
    custom_attributes: user.customAttributes,
    ...times(user),
  };
}

export function directoryUserWithGroupsWire(user: DirectoryUser, state: SandboxState): Wire {
  const groups = state.directoryGroups.filter(({ id }) => user.groupIds.includes(id));
  return {
    ...directoryUserWire(user, state),
    groups: state.settings.directoryLegacyFields ? groups.map(directoryGroupWire) : [],
  };
}
