import { Logger } from '@nestjs/common';
import { AuthenticationException, type AuthenticationResponse, type WorkOS } from '@workos-inc/node';
import { errors } from 'jose';
import { z } from 'zod';
import { ProblemError } from '../common/problem-error.js';
import {
  IdentityProvider,
  type AuthorizationRequest,
  type ExchangeResult,
  type ExternalIdentity,
  type ExternalSession,
  type RenewalResult,
} from '../identity/identity-provider.port.js';
import type { AccessTokenVerifier } from './access-token.js';
import { classify, redacted, unavailable } from './workos.errors.js';

/** The step-up data of this one answer stands in the raw body alone, in the API's spelling. */
const choiceBody = z.object({
  pending_authentication_token: z.string(),
  organizations: z.array(z.object({ id: z.string(), name: z.string() })),
});

/** The User Management API: AuthKit's hosted page, sessions with an access token and a refresh token. */
export class AuthkitIdentityProvider extends IdentityProvider {
  readonly hasHostedPage = true;
  private readonly logger = new Logger('WorkOS');

  constructor(
    private readonly workos: WorkOS,
    private readonly clientId: string,
    private readonly redirectUri: string,
    private readonly accessTokens: AccessTokenVerifier,
  ) {
    super();
  }

  authorizationUrl(request: AuthorizationRequest): string {
    const { target, state, codeChallenge, loginHint, reauthenticate } = request;
    const selector: { organizationId?: string; connectionId?: string; provider?: string } =
      target.kind === 'organization'
        ? { organizationId: target.organizationId }
        : target.kind === 'connection'
          ? { connectionId: target.connectionId }
          : { provider: target.kind === 'provider' ? target.provider : 'authkit' };
    return this.workos.userManagement.getAuthorizationUrl({
      ...selector,
      clientId: this.clientId,
      redirectUri: this.redirectUri,
      state,
      codeChallenge,
      codeChallengeMethod: 'S256',
      ...(loginHint === undefined ? {} : { loginHint }),
      ...(reauthenticate
        ? { prompt: 'login', ...(selector.provider === 'authkit' ? { maxAge: 0 } : {}) }
        : {}),
    });
  }

  async exchange(code: string, codeVerifier: string | null): Promise<ExchangeResult> {
    try {
      const response = await this.workos.userManagement.authenticateWithCode({
        clientId: this.clientId,
        code,
        ...(codeVerifier === null ? {} : { codeVerifier }),
      });
      return { kind: 'identity', identity: await this.toIdentity(response) };
    } catch (error) {
      const choice = choiceBody.safeParse(
        error instanceof AuthenticationException ? error.rawData : undefined,
      );
      if (
        choice.success &&
        error instanceof AuthenticationException &&
        error.code === 'organization_selection_required'
      ) {
        const { pending_authentication_token: pendingToken, organizations } = choice.data;
        return { kind: 'choose-organization', choice: { pendingToken, organizations } };
      }
      throw refusal(error);
    }
  }

  async chooseOrganization(pendingToken: string, organizationId: string): Promise<ExternalIdentity> {
    try {
      const response = await this.workos.userManagement.authenticateWithOrganizationSelection({
        clientId: this.clientId,
        pendingAuthenticationToken: pendingToken,
        organizationId,
      });
      return await this.toIdentity(response);
    } catch (error) {
      throw refusal(error);
    }
  }

  async renew(refreshToken: string, organizationId?: string): Promise<RenewalResult> {
    try {
      const response = await this.workos.userManagement.authenticateWithRefreshToken({
        clientId: this.clientId,
        refreshToken,
        ...(organizationId === undefined ? {} : { organizationId }),
      });
      return { kind: 'renewed', identity: await this.toIdentity(response) };
    } catch (error) {
      const failure = classify(error);
      if (failure.kind === 'refused') return { kind: 'refused', reason: failure.error };
      throw unavailable(error);
    }
  }

  async logoutUrl({ sessionId }: ExternalSession, returnTo: string): Promise<string | null> {
    return sessionId === null ? null : this.workos.userManagement.getLogoutUrl({ sessionId, returnTo });
  }

  async discard({ tokens }: ExternalIdentity): Promise<void> {
    if (tokens === null) return;
    try {
      await this.workos.userManagement.revokeSession({ sessionId: tokens.sessionId });
    } catch (error) {
      this.logger.warn({ err: redacted(error) }, 'a session that is not used stays open at WorkOS');
    }
  }

  private async toIdentity(response: AuthenticationResponse): Promise<ExternalIdentity> {
    const claims = await this.accessTokens.verifyUser(response.accessToken);
    const { user, impersonator } = response;
    const organizationId = response.organizationId ?? null;
    if (claims.userId !== user.id || claims.organizationId !== organizationId) {
      throw new errors.JWTClaimValidationFailed('The access token speaks of somebody else.', {}, 'sub');
    }
    return {
      account: { kind: 'user', userId: user.id },
      email: user.email,
      firstName: user.firstName,
      lastName: user.lastName,
      profilePictureUrl: user.profilePictureUrl,
      organizationId,
      connectionId: null,
      connectionType: null,
      method: (response.authenticationMethod ?? 'unknown').toLowerCase(),
      authenticatedAt: claims.authenticatedAt,
      roles: claims.roles,
      permissions: claims.permissions,
      impersonator: impersonator ? { email: impersonator.email, reason: impersonator.reason } : null,
      tokens: {
        sessionId: claims.sessionId,
        accessTokenExpiresAt: claims.expiresAt,
        refreshToken: response.refreshToken,
      },
    };
  }
}

function refusal(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  const failure = classify(error);
  if (failure.kind === 'unavailable') return unavailable(error);
  if (failure.kind === 'refused' && REFUSED_PERSON.has(failure.error)) {
    return new ProblemError('idp_error', { cause: redacted(error) });
  }
  return new ProblemError('invalid_code', { cause: redacted(error) });
}

/** The code was good, but WorkOS asks for something that only its hosted page can give. */
const REFUSED_PERSON = new Set([
  'sso_required',
  'mfa_enrollment',
  'mfa_challenge',
  'email_verification_required',
  'authentication_method_not_allowed',
  'organization_authentication_methods_required',
]);
