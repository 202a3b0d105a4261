import { Module } from '@nestjs/common';
import { WorkOS } from '@workos-inc/node';
import { Clock } from '../common/clock.js';
import { CommonModule } from '../common/common.module.js';
import { ConfigModule } from '../config/config.module.js';
import { Config } from '../config/config.js';
import { AdminPortal } from '../identity/admin-portal.port.js';
import { EventSource } from '../identity/event-source.port.js';
import { EventVerifier } from '../identity/event-verifier.port.js';
import { IdentityProvider } from '../identity/identity-provider.port.js';
import { ObjectLists } from '../identity/object-lists.port.js';
import { OrganizationSource } from '../identity/organization-source.port.js';
import { AccessTokens } from '../identity/access-tokens.port.js';
import { ApiKeys } from '../identity/api-keys.port.js';
import { PeopleSource } from '../identity/people-source.port.js';
import { ResourceAccess } from '../identity/resource-access.port.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { AccessTokenVerifier } from './access-token.js';
import { AuthkitIdentityProvider } from './authkit.identity-provider.js';
import { SigningKeys } from './signing-keys.js';
import { SsoIdentityProvider } from './sso.identity-provider.js';
import { WorkosAccessTokens } from './workos.access-tokens.js';
import { WorkosAdminPortal } from './workos.admin-portal.js';
import { WorkosApiKeys } from './workos.api-keys.js';
import { workosProvider } from './workos.client.provider.js';
import { WorkosEventSource } from './workos.event-source.js';
import { WorkosEventVerifier } from './workos.event-verifier.js';
import { WorkosObjectLists } from './workos.object-lists.js';
import { WorkosOrganizationSource } from './workos.organization-source.js';
import { WorkosPeopleSource } from './workos.people-source.js';
import { WorkosRequests } from './workos.requests.js';
import { WorkosResourceAccess } from './workos.resource-access.js';

/**
 * The only place that knows the WorkOS SDK: its client, and the adapters behind the identity ports. SDK errors are
 * translated here and SDK types do not leave. `SIGN_IN` chooses the adapter; nothing above it can tell which.
 */
@Module({
  imports: [CommonModule, ConfigModule, MetricsModule],
  providers: [
    WorkosRequests,
    workosProvider,
    { provide: AdminPortal, useClass: WorkosAdminPortal },
    { provide: EventSource, useClass: WorkosEventSource },
    { provide: ObjectLists, useClass: WorkosObjectLists },
    { provide: EventVerifier, useClass: WorkosEventVerifier },
    { provide: OrganizationSource, useClass: WorkosOrganizationSource },
    { provide: ApiKeys, useClass: WorkosApiKeys },
    { provide: PeopleSource, useClass: WorkosPeopleSource },
    { provide: ResourceAccess, useClass: WorkosResourceAccess },
    {
      provide: AccessTokenVerifier,
      inject: [Config, WorkOS, Clock, WorkosRequests],
      useFactory: (
        { workos: { clientId, issuers } }: Config,
        workos: WorkOS,
        clock: Clock,
        requests: WorkosRequests,
      ) => verifierBy(workos.userManagement.getJwksUrl(clientId), { issuers, clientId }, clock, requests),
    },
    {
      provide: AccessTokens,
      inject: [Config, AccessTokenVerifier, Clock, WorkosRequests],
      useFactory: (
        { workos: { clientId, authkitDomain } }: Config,
        environment: AccessTokenVerifier,
        clock: Clock,
        requests: WorkosRequests,
      ) => {
        if (authkitDomain === null) return new WorkosAccessTokens(environment, null);
        const accepted = { issuers: [authkitDomain], clientId };
        const verifier = verifierBy(`${authkitDomain}/oauth2/jwks`, accepted, clock, requests);
        return new WorkosAccessTokens(environment, { issuer: authkitDomain, verifier });
      },
    },
    {
      provide: IdentityProvider,
      inject: [Config, WorkOS, AccessTokenVerifier],
      useFactory: (
        { appUrl, signIn, workos: { clientId } }: Config,
        workos: WorkOS,
        verifier: AccessTokenVerifier,
      ) => {
        const redirectUri = `${appUrl}/auth/callback`;
        return signIn === 'sso'
          ? new SsoIdentityProvider(workos, clientId, redirectUri)
          : new AuthkitIdentityProvider(workos, clientId, redirectUri, verifier);
      },
    },
  ],
  exports: [
    WorkOS,
    AccessTokens,
    AdminPortal,
    ApiKeys,
    EventSource,
    EventVerifier,
    ObjectLists,
    IdentityProvider,
    OrganizationSource,
    PeopleSource,
    ResourceAccess,
  ],
})
export class WorkosModule {}

function verifierBy(
  keysAt: string,
  accepted: { readonly issuers: readonly string[]; readonly clientId: string },
  clock: Clock,
  { fetch }: WorkosRequests,
): AccessTokenVerifier {
  const now = () => clock.now();
  return new AccessTokenVerifier({ ...accepted, keys: new SigningKeys(new URL(keysAt), now, fetch), now });
}
