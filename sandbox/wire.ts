import type { SandboxClock } from './clock.js';
import { stableId } from './ids.js';
import type {
  Connection,
  Domain,
  Membership,
  Organization,
  Permission,
  Profile,
  RecordedEvent,
  Role,
  Session,
  User,
  Wire,
} from './model.js';
import type { SandboxState } from './state.js';

export function times(record: { createdAt: Date; updatedAt: Date }): Wire {
  return { created_at: record.createdAt.toISOString(), updated_at: record.updatedAt.toISOString() };
}

export function domainWire(domain: Domain): Wire {
  return {
    object: 'organization_domain',
    id: domain.id,
    organization_id: domain.organizationId,
    domain: domain.domain,
    state: domain.state,
    verification_strategy: domain.strategy,
    ...(domain.strategy === 'dns' && {
      verification_prefix: domain.verificationPrefix,
      verification_token: domain.verificationToken,
    }),
    ...times(domain),
  };
}

export function organizationWire(organization: Organization): Wire {
  return {
    object: 'organization',
    id: organization.id,
    name: organization.name,
    allow_profiles_outside_organization: organization.allowProfilesOutsideOrganization,
    domains: organization.domains.map(domainWire),
    metadata: organization.metadata,
    external_id: organization.externalId,
    ...times(organization),
  };
}

export function connectionWire(connection: Connection, organization: Organization | undefined): Wire {
  return {
    object: 'connection',
    id: connection.id,
    organization_id: connection.organizationId,
    connection_type: connection.type,
    name: connection.name,
    state: connection.state,
    status: connection.state === 'active' ? 'linked' : 'unlinked',
    domains: (organization?.domains ?? []).map(({ domain }) => ({
      object: 'connection_domain',
      id: stableId('conn_domain', connection.id, domain),
      domain,
    })),
    ...times(connection),
  };
}

export function roleWire(role: Role): Wire {
  return {
    object: 'role',
    id: role.id,
    slug: role.slug,
    name: role.name,
    description: role.description,
    type: role.organizationId === null ? 'EnvironmentRole' : 'OrganizationRole',
    resource_type_slug: 'organization',
    permissions: role.permissions,
    ...times(role),
  };
}

export function permissionWire(permission: Permission): Wire {
  return {
    object: 'permission',
    id: permission.id,
    slug: permission.slug,
    name: permission.name,
    description: permission.description,
    system: false,
    resource_type_slug: 'organization',
    ...times(permission),
  };
}

export function userWire(user: User): Wire {
  return {
    object: 'user',
    id: user.id,
    email: user.email,
    email_verified: true,
    first_name: user.firstName,
    last_name: user.lastName,
    profile_picture_url: null,
    last_sign_in_at: user.lastSignInAt?.toISOString() ?? null,
    external_id: user.externalId,
    metadata: user.metadata,
    locale: null,
    ...times(user),
  };
}

export function membershipWire(membership: Membership, state: SandboxState): Wire {
  const user = state.user(membership.userId);
  return {
    object: 'organization_membership',
    id: membership.id,
    user_id: membership.userId,
    organization_id: membership.organizationId,
    organization_name: state.organization(membership.organizationId)?.name,
    status: membership.status,
    directory_managed: false,
    role: { slug: membership.role },
    roles: [{ slug: membership.role }],
    custom_attributes: {},
    ...(user && { user: userWire(user) }),
    ...times(membership),
  };
}

const AUTH_METHODS: Record<string, string> = {
  SSO: 'sso',
  MagicAuth: 'magic_code',
  Impersonation: 'impersonation',
};

export function sessionWire(session: Session, clock: SandboxClock): Wire {
  const ended = session.endedAt ? 'revoked' : null;
  return {
    object: 'session',
    id: session.id,
    ...(session.impersonator && { impersonator: session.impersonator }),
    user_id: session.userId,
    ...(session.organizationId !== null && { organization_id: session.organizationId }),
    ip_address: session.ipAddress,
    user_agent: session.userAgent,
    auth_method: AUTH_METHODS[session.method] ?? 'oauth',
    status: ended ?? (clock.isPast(session.expiresAt) ? 'expired' : 'active'),
    expires_at: session.expiresAt.toISOString(),
    ended_at: session.endedAt?.toISOString() ?? null,
    created_at: session.authenticatedAt.toISOString(),
    updated_at: session.updatedAt.toISOString(),
  };
}

export function profileWire(profile: Profile): Wire {
  const name = [profile.firstName, profile.lastName].filter(Boolean).join(' ');
  return {
    object: 'profile',
    id: profile.id,
    organization_id: profile.organizationId,
    connection_id: profile.connectionId,
    connection_type: profile.connectionType,
    idp_id: profile.idpId,
    email: profile.email,
    first_name: profile.firstName,
    last_name: profile.lastName,
    name: name === '' ? null : name,
    role: profile.role === null ? null : { slug: profile.role },
    roles: profile.role === null ? null : [{ slug: profile.role }],
    groups: profile.groups,
    custom_attributes: {},
    raw_attributes: {},
  };
}

export function eventWire(event: RecordedEvent, clientId: string): Wire {
  return {
    object: 'event',
    id: event.id,
    event: event.event,
    data: event.data,
    created_at: event.createdAt.toISOString(),
    context: { client_id: clientId, ...(event.actor && { actor: event.actor }) },
  };
}
