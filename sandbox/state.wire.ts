import { apiKeyWire } from './api-keys/api-key.wire.js';
import { applicationWire } from './connect/application.wire.js';
import { grantWire, resourceWire } from './resources/resource.wire.js';
import type { Sandbox } from './sandbox.js';
import { directoryGroupWire, directoryUserWire, directoryWire } from './directories/directory.wire.js';
import {
  connectionWire,
  membershipWire,
  organizationWire,
  permissionWire,
  roleWire,
  sessionWire,
  userWire,
} from './wire.js';
import type { Wire } from './model.js';
import { webhooksWire } from './webhooks/webhooks.controls.js';

/** What the sandbox knows, without codes and tokens. */
export function stateWire(sandbox: Sandbox): Wire & { settings: Wire } {
  const { state, clock, keys, faults, webhooks } = sandbox;
  const { settings } = state;
  return {
    url: sandbox.url,
    app_url: sandbox.appUrl,
    client_id: state.clientId,
    now: clock.now().toISOString(),
    clock_offset_seconds: clock.offsetSeconds,
    key_ids: keys.kids,
    faults: faults.active,
    webhooks: webhooksWire(webhooks),
    settings: {
      redirect_uris: settings.redirectUris,
      default_redirect_uri: settings.defaultRedirectUri,
      logout_redirects: settings.logoutRedirects,
      initiate_login_uri: settings.initiateLoginUri,
      organization_selections: settings.organizationSelections,
      directory_suspension: settings.directorySuspension,
      directory_legacy_fields: settings.directoryLegacyFields,
    },
    organizations: state.organizations.map(organizationWire),
    connections: state.connections.map((connection) => ({
      ...connectionWire(connection, state.organization(connection.organizationId)),
      idp_initiated: connection.idpInitiated,
      idp: connection.idp,
      certificate_expires_at: connection.certificateExpiresAt,
      acs_url: sandbox.serviceProvider(connection.id).acsUrl,
      sp_entity_id: sandbox.serviceProvider(connection.id).entityId,
    })),
    roles: state.roles.map(roleWire),
    permissions: state.permissions.map(permissionWire),
    users: state.users.map(userWire),
    memberships: state.memberships.map((membership) => membershipWire(membership, state)),
    directories: state.directories.map((directory) => directoryWire(directory, state)),
    directory_users: state.directoryUsers.map((user) => ({
      ...directoryUserWire(user, state),
      groups: user.groupIds,
    })),
    directory_groups: state.directoryGroups.map(directoryGroupWire),
    api_keys: state.apiKeys.map(apiKeyWire),
    applications: state.applications.map(applicationWire),
    resources: state.resources.map(resourceWire),
    grants: state.grants.map(grantWire),
    sessions: state.sessions.map((session) => sessionWire(session, clock)),
    events: state.events.length,
  };
}
