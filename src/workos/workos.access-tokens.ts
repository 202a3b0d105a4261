import { decodeJwt, errors } from 'jose';
import { AccessTokens, type VerifiedToken } from '../identity/access-tokens.port.js';
import type { AccessTokenVerifier } from './access-token.js';

/** Longer than any that WorkOS makes, shorter than what it would cost to look at. Characters. */
const MAX_LENGTH = 8192;

/**
 * Access tokens of the environment and, where it has an AuthKit domain, the machine-to-machine tokens that come from there,
 * each with its own keys.
 */
export class WorkosAccessTokens extends AccessTokens {
  constructor(
    private readonly environment: AccessTokenVerifier,
    private readonly connect: { readonly issuer: string; readonly verifier: AccessTokenVerifier } | null,
  ) {
    super();
  }

  async verify(token: string): Promise<VerifiedToken | null> {
    if (token.length > MAX_LENGTH) return null;
    try {
      // Only chooses the keys; whichever they are, they come with the issuer that the token must then have.
      return this.connect && decodeJwt(token).iss === this.connect.issuer
        ? await this.connect.verifier.verifyMachine(token)
        : await this.environment.verify(token);
    } catch (error) {
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
  }
}
