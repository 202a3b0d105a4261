import { Injectable } from '@nestjs/common';
import type { RequestOrigin } from '../../common/request-origin.js';
import { Config } from '../../config/config.js';
import { IdentityProvider, type ExternalSession } from '../../identity/identity-provider.port.js';
import type { Principal, UserPrincipal } from '../../identity/principal.js';
import { SessionRevoker } from '../../sessions/session-revoker.service.js';

/** Signs out: here first, so that nothing that WorkOS does can keep a session alive. */
@Injectable()
export class LogoutService {
  constructor(
    private readonly sessions: SessionRevoker,
    private readonly provider: IdentityProvider,
    private readonly config: Config,
  ) {}

  /** Where the browser ends the session at WorkOS too; `null` where there is nothing to end, as for machines and keys. */
  async end(principal: Principal, origin: RequestOrigin): Promise<string | null> {
    if (principal.kind !== 'user') return null;
    const ended = await this.endHere(principal, origin);
    return ended && this.provider.logoutUrl(ended, this.config.logoutRedirectUrl);
  }

  private async endHere(
    { credential, session }: UserPrincipal,
    origin: RequestOrigin,
  ): Promise<ExternalSession | null> {
    if (credential === 'session') return this.sessions.end(session.id, 'signed_out', origin);
    await this.sessions.revoke({ kind: 'workos_session', id: session.id }, 'signed_out', origin);
    return { sessionId: session.id, profileId: null, connectionType: null };
  }
}
