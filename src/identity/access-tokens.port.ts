/** A person, as an access token of AuthKit vouches for them (WorkOS, "Sessions": access token claims). */
export interface UserToken {
  readonly kind: 'user';
  readonly userId: string;
  /** WorkOS's session. */
  readonly sessionId: string;
  readonly organizationId: string | null;
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
  /** The e-mail address of whoever acts as this person. */
  readonly impersonatorEmail: string | null;
  readonly authenticatedAt: Date | null;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

/** A service, as a token of the client credentials grant vouches for it (WorkOS Connect, "M2M Applications"). */
export interface MachineToken {
  readonly kind: 'machine';
  readonly clientId: string;
  readonly organizationId: string | null;
  readonly permissions: readonly string[];
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

export type VerifiedToken = UserToken | MachineToken;

/** Believes access tokens, or does not. */
export abstract class AccessTokens {
  /**
   * @returns `null` for whatever is not to be believed: signature, algorithm, issuer, audience, client, time or a claim
   * @throws `upstream_unavailable` where that cannot be said, because the keys cannot be had
   */
  abstract verify(token: string): Promise<VerifiedToken | null>;
}
