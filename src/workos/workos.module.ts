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
import { AccessTokenVerifier } from './access-token.js';
import { AuthkitIdentityProvider } from './authkit.identity-provider.js';
import { SsoIdentityProvider } from './sso.identity-provider.js';
import { WorkosAdminPortal } from './workos.admin-portal.js';
import { workosProvider } from './workos.client.provider.js';
import { WorkosEventSource } from './workos.event-source.js';
import { WorkosEventVerifier } from './workos.event-verifier.js';
import { WorkosObjectLists } from './workos.object-lists.js';
import { WorkosOrganizationSource } from './workos.organization-source.js';

/**
 * The only place that knows the WorkOS SDK: its client, and the adapters behind the identity ports. SDK errors are
 * translated here and SDK types do not leave. `SIGN_IN` chooses the adapter; nothing above it can tell which.
 */
@Module({
  imports: [CommonModule, ConfigModule],
  providers: [
    workosProvider,
    { provide: AdminPortal, useClass: WorkosAdminPortal },
    { provide: EventSource, useClass: WorkosEventSource },
    { provide: ObjectLists, useClass: WorkosObjectLists },
    { provide: EventVerifier, useClass: WorkosEventVerifier },
    { provide: OrganizationSource, useClass: WorkosOrganizationSource },
    {
      provide: IdentityProvider,
      inject: [Config, WorkOS, Clock],
      useFactory: (
        { appUrl, signIn, workos: { clientId, issuers } }: Config,
        workos: WorkOS,
        clock: Clock,
      ) => {
        const redirectUri = `${appUrl}/auth/callback`;
        if (signIn === 'sso') return new SsoIdentityProvider(workos, clientId, redirectUri);
        const jwksUrl = new URL(workos.userManagement.getJwksUrl(clientId));
        const verifier = new AccessTokenVerifier({ jwksUrl, issuers, clientId, now: () => clock.now() });
        return new AuthkitIdentityProvider(workos, clientId, redirectUri, verifier);
      },
    },
  ],
  exports: [
    WorkOS,
    AdminPortal,
    EventSource,
    EventVerifier,
    ObjectLists,
    IdentityProvider,
    OrganizationSource,
  ],
})
export class WorkosModule {}
