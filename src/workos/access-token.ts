import { errors, jwtVerify, type JWTPayload } from 'jose';
import { z } from 'zod';
import type { MachineToken, UserToken, VerifiedToken } from '../identity/access-tokens.port.js';
import type { SigningKeys } from './signing-keys.js';

export interface AccessTokenRules {
  readonly keys: SigningKeys;
  readonly issuers: readonly string[];
  readonly clientId: string;
  readonly now: () => Date;
}

const times = { exp: z.number(), iat: z.number() };
const userClaims = z.object({
  ...times,
  sub: z.string(),
  sid: z.string(),
  client_id: z.string().optional(),
  org_id: z.string().nullish(),
  role: z.string().nullish(),
  roles: z.array(z.string()).nullish(),
  permissions: z.array(z.string()).nullish(),
  act: z.object({ sub: z.string() }).nullish(),
  auth_time: z.number().nullish(),
});
const machineClaims = z.object({
  ...times,
  sub: z.string().startsWith('client_'),
  org_id: z.string().nullish(),
  scope: z.string().nullish(),
});

/** Clocks differ; WorkOS's `iat` may lie a moment ahead of ours. Seconds. */
const CLOCK_TOLERANCE = 30;

/**
 * Verifies access tokens: RS256 alone, keys from the configured JWKS alone, issuer, client id, expiry
 * (RFC 8725, sections 3.1, 3.8 and 3.9). A token with a session is a person's, one without a machine's: neither passes for
 * the other.
 */
export class AccessTokenVerifier {
  constructor(private readonly rules: AccessTokenRules) {}

  /** @throws `JOSEError` for a token that is not believed, `upstream_unavailable` where the keys cannot be asked for */
  async verify(token: string): Promise<VerifiedToken> {
    const payload = await this.believe(token);
    if (!('sid' in payload)) return this.machineOf(payload);
    // WorkOS names none by itself; where the customer's template does, it must be us (RFC 7519, section 4.1.3).
    if (payload.aud !== undefined) this.requireAudience(payload);
    return this.userOf(payload);
  }

  /** A person's token, as it comes with a code or a refresh. Throws as above. */
  async verifyUser(token: string): Promise<UserToken> {
    return this.userOf(await this.believe(token));
  }

  /** A machine's token. Throws as above. */
  async verifyMachine(token: string): Promise<MachineToken> {
    return this.machineOf(await this.believe(token));
  }

  private async believe(token: string): Promise<JWTPayload> {
    const { payload } = await jwtVerify(token, this.rules.keys.get, {
      algorithms: ['RS256'],
      issuer: [...this.rules.issuers],
      clockTolerance: CLOCK_TOLERANCE,
      currentDate: this.rules.now(),
      requiredClaims: ['exp', 'iat', 'sub'],
    });
    // jose looks at `iat` only together with a maximum age.
    if (Number(payload.iat) * 1000 > this.rules.now().getTime() + CLOCK_TOLERANCE * 1000)
      throw refusal(payload, 'iat', 'from the future');
    return payload;
  }

  private userOf(payload: JWTPayload): UserToken {
    const claims = read(userClaims, payload);
    // WorkOS sends no `aud` to AuthKit's own clients: `client_id` names the relying party. It does not promise that claim
    // either; without it the keys are what tells, which are those of this client alone.
    const { client_id: clientId = this.rules.clientId } = claims;
    if (clientId !== this.rules.clientId) throw refusal(payload, 'client_id', 'for another client');
    return {
      kind: 'user',
      sessionId: claims.sid,
      userId: claims.sub,
      organizationId: claims.org_id ?? null,
      roles: claims.roles ?? (claims.role ? [claims.role] : []),
      permissions: claims.permissions ?? [],
      impersonatorEmail: claims.act?.sub ?? null,
      authenticatedAt: typeof claims.auth_time === 'number' ? dateOf(claims.auth_time) : null,
      issuedAt: dateOf(claims.iat),
      expiresAt: dateOf(claims.exp),
    };
  }

  private machineOf(payload: JWTPayload): MachineToken {
    const { sub, org_id: organizationId = null, scope, iat, exp } = read(machineClaims, payload);
    this.requireAudience(payload);
    return {
      kind: 'machine',
      clientId: sub,
      organizationId,
      permissions: [...new Set((scope ?? '').split(' ').filter((name) => name !== ''))],
      issuedAt: dateOf(iat),
      expiresAt: dateOf(exp),
    };
  }

  private requireAudience(payload: JWTPayload): void {
    if (![payload.aud].flat().includes(this.rules.clientId))
      throw refusal(payload, 'aud', 'for another audience');
  }
}

function read<Claims>(schema: z.ZodType<Claims>, payload: JWTPayload): Claims {
  const parsed = schema.safeParse(payload);
  if (!parsed.success) throw new errors.JWTInvalid('The access token lacks a claim.');
  return parsed.data;
}

function refusal(payload: JWTPayload, claim: string, why: string): errors.JWTClaimValidationFailed {
  return new errors.JWTClaimValidationFailed(`The access token is ${why}.`, payload, claim);
}

function dateOf(seconds: number): Date {
  return new Date(seconds * 1000);
}
