import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';

export interface AccessTokenRules {
  readonly jwksUrl: URL;
  readonly issuers: readonly string[];
  readonly clientId: string;
  readonly now: () => Date;
}

/** What the service uses of an AuthKit access token (WorkOS, "Sessions": access token claims). */
export interface AccessTokenClaims {
  readonly sessionId: string;
  readonly userId: string;
  readonly organizationId: string | null;
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
  readonly expiresAt: Date;
}

const claims = z.object({
  sub: z.string(),
  sid: z.string(),
  exp: z.number(),
  client_id: z.string().optional(),
  org_id: z.string().nullish(),
  role: z.string().nullish(),
  roles: z.array(z.string()).nullish(),
  permissions: z.array(z.string()).nullish(),
});

/** Clocks differ; WorkOS's `iat` may lie a moment ahead of ours. Seconds. */
const CLOCK_TOLERANCE = 30;

/**
 * Verifies access tokens: RS256 alone, keys from the configured JWKS alone, issuer, client id, expiry
 * (RFC 8725, sections 3.1, 3.8 and 3.9; WorkOS sends no `aud`, so `client_id` names the relying party).
 */
export class AccessTokenVerifier {
  private readonly keys: JWTVerifyGetKey;

  constructor(private readonly rules: AccessTokenRules) {
    this.keys = createRemoteJWKSet(rules.jwksUrl, { timeoutDuration: 5000, cooldownDuration: 5000 });
  }

  /** @throws `JOSEError` for a token that is not believed; anything else means that the keys could not be asked for */
  async verify(token: string): Promise<AccessTokenClaims> {
    const { payload } = await jwtVerify(token, this.keys, {
      algorithms: ['RS256'],
      issuer: [...this.rules.issuers],
      clockTolerance: CLOCK_TOLERANCE,
      currentDate: this.rules.now(),
      requiredClaims: ['exp', 'iat', 'sub', 'sid'],
    });
    return this.read(payload);
  }

  private read(payload: JWTPayload): AccessTokenClaims {
    const parsed = claims.safeParse(payload);
    if (!parsed.success) throw new errors.JWTInvalid('The access token lacks a claim.');
    const { data } = parsed;
    if (data.client_id !== undefined && data.client_id !== this.rules.clientId) {
      throw new errors.JWTClaimValidationFailed(
        'The access token is for another client.',
        payload,
        'client_id',
      );
    }
    return {
      sessionId: data.sid,
      userId: data.sub,
      organizationId: data.org_id ?? null,
      roles: data.roles ?? (data.role ? [data.role] : []),
      permissions: data.permissions ?? [],
      expiresAt: new Date(data.exp * 1000),
    };
  }
}
