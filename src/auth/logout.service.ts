import { Injectable } from '@nestjs/common';
import type { RequestOrigin } from '../common/request-origin.js';
import { Config } from '../config/config.js';
import { IdentityProvider } from '../identity/identity-provider.port.js';
import type { UserPrincipal } from '../identity/principal.js';
import { SessionRevoker } from '../sessions/session-revoker.service.js';

/** Signs out: here first, so that nothing that WorkOS does can keep a session alive. */
@Injectable()
export class LogoutService {
  constructor(
    private readonly sessions: SessionRevoker,
    private readonly provider: IdentityProvider,
    private readonly config: Config,
  ) {}

  /** Where the browser ends the session at WorkOS too; `null` where there is nothing to end. */
  async end(principal: UserPrincipal, origin: RequestOrigin): Promise<string | null> {
    const ended = await this.sessions.end(principal.session.id, 'signed_out', origin);
    return ended && this.provider.logoutUrl(ended, this.config.logoutRedirectUrl);
  }
}
