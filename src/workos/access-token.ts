import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { unavailable } from './workos.errors.js';

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
  iat: z.number(),
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
    const remote = createRemoteJWKSet(rules.jwksUrl, { timeoutDuration: 5000, cooldownDuration: 5000 });
    this.keys = async (header, token) => {
      try {
        return await remote(header, token);
      } catch (error) {
        // jose reports an outage of the JWKS as a `JOSEError` too, but it says nothing about the token.
        if (error instanceof errors.JWKSNoMatchingKey) throw error;
        throw unavailable(error);
      }
    };
  }

  /** @throws `JOSEError` for a token that is not believed, `upstream_unavailable` where the keys cannot be asked for */
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
    // jose looks at `iat` only together with a maximum age.
    if (data.iat * 1000 > this.rules.now().getTime() + CLOCK_TOLERANCE * 1000) {
      throw new errors.JWTClaimValidationFailed('The access token is from the future.', payload, 'iat');
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
