import { Module } from '@nestjs/common';
import { WorkOS } from '@workos-inc/node';
import { Clock } from '../common/clock.js';
import { CommonModule } from '../common/common.module.js';
import { ConfigModule } from '../config/config.module.js';
import { Config } from '../config/config.js';
import { AdminPortal } from '../identity/admin-portal.port.js';
import { IdentityProvider } from '../identity/identity-provider.port.js';
import { OrganizationSource } from '../identity/organization-source.port.js';
import { AccessTokenVerifier } from './access-token.js';
import { AuthkitIdentityProvider } from './authkit.identity-provider.js';
import { SsoIdentityProvider } from './sso.identity-provider.js';
import { WorkosAdminPortal } from './workos.admin-portal.js';
import { workosProvider } from './workos.client.provider.js';
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
  exports: [WorkOS, AdminPortal, IdentityProvider, OrganizationSource],
})
export class WorkosModule {}
