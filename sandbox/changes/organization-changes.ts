import { domainChallenge, freshId } from '../ids.js';
import type { Domain, EventActor, Organization } from '../model.js';
import { isVerifiedDomain } from '../state.js';
import { domainWire, organizationWire } from '../wire.js';
import { newTimes, touch, type Records } from './records.js';

type OrganizationFields = Pick<
  Organization,
  'name' | 'allowProfilesOutsideOrganization' | 'externalId' | 'metadata'
>;
export type DomainData = Pick<Domain, 'domain' | 'state'>;

export function createOrganization(
  records: Records,
  fields: Pick<Organization, 'name'> & Partial<OrganizationFields>,
  domains: readonly DomainData[] = [],
): Organization {
  const { state } = records;
  const organization: Organization = {
    id: freshId('org'),
    allowProfilesOutsideOrganization: false,
    externalId: null,
    metadata: {},
    ...fields,
    domains: [],
    ...newTimes(records),
  };
  organization.domains = domains.map((data) => newDomain(records, organization, data));
  state.organizations.push(organization);
  state.record('organization.created', eventWire(organization), organization.id);
  for (const domain of organization.domains) tell(records, 'organization_domain.created', domain);
  return organization;
}

export function updateOrganization(
  records: Records,
  organization: Organization,
  changed: Partial<OrganizationFields>,
): void {
  Object.assign(organization, changed);
  touch(records, organization);
  records.state.record('organization.updated', eventWire(organization), organization.id);
}

/** Everything of the organization goes with it, and that one event tells of it all. */
export function deleteOrganization(records: Records, organization: Organization): void {
  const { state, clock } = records;
  const elsewhere = (record: { organizationId: string | null }): boolean =>
    record.organizationId !== organization.id;
  const owned = [...state.memberships, ...state.connections, ...state.directories];
  state.ids.spend(...organization.domains, ...owned.filter((record) => !elsewhere(record)));
  state.organizations = state.organizations.filter(({ id }) => id !== organization.id);
  state.connections = state.connections.filter(elsewhere);
  state.memberships = state.memberships.filter(elsewhere);
  state.directories = state.directories.filter(elsewhere);
  state.directoryUsers = state.directoryUsers.filter(elsewhere);
  state.formerDirectoryUsers = state.formerDirectoryUsers.filter(elsewhere);
  state.directoryGroups = state.directoryGroups.filter(elsewhere);
  state.roles = state.roles.filter(elsewhere);
  state.apiKeys = state.apiKeys.filter(elsewhere);
  state.applications = state.applications.filter(elsewhere);
  state.resources = state.resources.filter(elsewhere);
  for (const session of state.sessions) if (!elsewhere(session)) session.endedAt ??= clock.now();
  touch(records, organization);
  state.record('organization.deleted', eventWire(organization), organization.id);
}

function eventWire(organization: Organization): Record<string, unknown> {
  const { allow_profiles_outside_organization: _allow, ...data } = organizationWire(organization);
  return data;
}

function newDomain(records: Records, organization: Organization, data: DomainData): Domain {
  return {
    id: freshId('org_domain'),
    organizationId: organization.id,
    domain: data.domain.toLowerCase(),
    state: data.state,
    strategy: data.state === 'verified' ? 'manual' : 'dns',
    ...domainChallenge(organization.id, data.domain.toLowerCase()),
    ...newTimes(records),
  };
}

export function addDomain(
  records: Records,
  organization: Organization,
  data: DomainData,
  actor: EventActor | null = null,
): Domain {
  const domain = newDomain(records, organization, data);
  organization.domains.push(domain);
  tell(records, 'organization_domain.created', domain, actor);
  return domain;
}

/** What an update of the organization gives is the whole list. */
export function replaceDomains(
  records: Records,
  organization: Organization,
  wanted: readonly DomainData[],
): void {
  for (const domain of organization.domains) {
    if (!wanted.some((data) => data.domain.toLowerCase() === domain.domain)) removeDomain(records, domain);
  }
  for (const data of wanted) {
    const domain = organization.domains.find((entry) => entry.domain === data.domain.toLowerCase());
    if (!domain) addDomain(records, organization, data);
    else if (domain.state !== data.state) setDomainState(records, domain, data.state);
  }
}

export function removeDomain(records: Records, domain: Domain): void {
  const organization = records.state.organization(domain.organizationId);
  if (organization) organization.domains = organization.domains.filter(({ id }) => id !== domain.id);
  touch(records, domain);
  tell(records, 'organization_domain.deleted', domain);
}

/** A domain that another organization has verified can be verified by nobody else. */
export function verifyDomain(records: Records, domain: Domain, actor: EventActor | null = null): void {
  if (domainOwner(records, domain.domain, domain.organizationId)) {
    failDomain(records, domain, 'domain_verified_by_other_organization', actor);
  } else {
    setDomainState(records, domain, 'verified', actor);
  }
}

/** Whoever has verified this domain, apart from one organization. */
export function domainOwner({ state }: Records, domain: string, besides?: string): Organization | undefined {
  return state.organizations.find(
    (candidate) => candidate.id !== besides && isVerifiedDomain(candidate, domain),
  );
}

export type FailureReason = 'domain_verification_period_expired' | 'domain_verified_by_other_organization';

export function failDomain(
  records: Records,
  domain: Domain,
  reason: FailureReason,
  actor: EventActor | null = null,
): void {
  domain.state = 'failed';
  touch(records, domain);
  const data = { reason, organization_domain: domainWire(domain) };
  records.state.record('organization_domain.verification_failed', data, domain.organizationId, actor);
}

/** Sets a state as it is asked for, whoever else claims the domain. */
export function setDomainState(
  records: Records,
  domain: Domain,
  state: Domain['state'],
  actor: EventActor | null = null,
): void {
  if (state === 'failed') return failDomain(records, domain, 'domain_verification_period_expired', actor);
  domain.state = state;
  touch(records, domain);
  const event = state === 'verified' ? 'organization_domain.verified' : 'organization_domain.updated';
  tell(records, event, domain, actor);
}

function tell({ state }: Records, event: string, domain: Domain, actor: EventActor | null = null): void {
  state.record(event, domainWire(domain), domain.organizationId, actor);
}
