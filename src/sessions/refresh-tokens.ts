import { Injectable } from '@nestjs/common';
import { KeyRing } from '../crypto/key-ring.js';
import type { ExternalTokens } from '../identity/identity-provider.port.js';
import type { StoredTokens } from './session-record.js';

const PURPOSE = 'refresh-token';

/**
 * Refresh tokens at rest: encrypted with the newest session key, bound to their session, so that a token moved to another
 * row opens nothing. Each renewal seals anew, which moves them to the newest key after a rotation.
 */
@Injectable()
export class RefreshTokens {
  constructor(private readonly keys: KeyRing) {}

  async seal(sessionId: string, tokens: ExternalTokens, now: Date): Promise<StoredTokens> {
    const sealed = await this.keys.seal(PURPOSE, JSON.stringify([sessionId, tokens.refreshToken]));
    return {
      obtainedAt: now.getTime(),
      accessTokenExpiresAt: tokens.accessTokenExpiresAt.getTime(),
      refreshToken: sealed,
    };
  }

  /** `null` where the key is no longer in the ring, or the token is another session's. */
  async unseal(sessionId: string, tokens: StoredTokens): Promise<string | null> {
    const text = await this.keys.unseal(PURPOSE, tokens.refreshToken);
    if (text === null) return null;
    const [owner, refreshToken] = JSON.parse(text) as [string, string];
    return owner === sessionId ? refreshToken : null;
  }
}
