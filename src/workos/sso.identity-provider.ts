import { Logger } from '@nestjs/common';
import type { Profile, WorkOS } from '@workos-inc/node';
import { ProblemError } from '../common/problem-error.js';
import {
  IdentityProvider,
  type AuthorizationRequest,
  type ExchangeResult,
  type ExternalIdentity,
  type ExternalSession,
  type RenewalResult,
} from '../identity/identity-provider.port.js';
import { classify, redacted, unavailable } from './workos.errors.js';

/** Only connections of this type can be logged out of at the identity provider. */
const SINGLE_LOGOUT_TYPE = 'GenericOIDC';

/** The standalone SSO API: the service has its own sign-in page, WorkOS brings the connection. */
export class SsoIdentityProvider extends IdentityProvider {
  readonly hasHostedPage = false;
  private readonly logger = new Logger('WorkOS');

  constructor(
    private readonly workos: WorkOS,
    private readonly clientId: string,
    private readonly redirectUri: string,
  ) {
    super();
  }

  authorizationUrl(request: AuthorizationRequest): string {
    const url = this.plainUrl(request);
    // The SDK drops `prompt` in this version. WorkOS turns it into `ForceAuthn` of SAML.
    return request.reauthenticate ? `${url}&prompt=login` : url;
  }

  private plainUrl({ target, state, codeChallenge, loginHint }: AuthorizationRequest): string {
    const common = {
      clientId: this.clientId,
      redirectUri: this.redirectUri,
      state,
      codeChallenge,
      codeChallengeMethod: 'S256' as const,
      ...(loginHint === undefined ? {} : { loginHint }),
    };
    switch (target.kind) {
      case 'organization':
        return this.workos.sso.getAuthorizationUrl({ ...common, organization: target.organizationId });
      case 'connection':
        return this.workos.sso.getAuthorizationUrl({ ...common, connection: target.connectionId });
      case 'provider':
        return this.workos.sso.getAuthorizationUrl({ ...common, provider: target.provider });
      case 'default':
        throw new TypeError(
          'Standalone SSO has no hosted page: choose an organization, a connection or a provider.',
        );
    }
  }

  async exchange(code: string, codeVerifier: string | null): Promise<ExchangeResult> {
    try {
      const { profile } = await this.workos.sso.getProfileAndToken({
        code,
        clientId: this.clientId,
        ...(codeVerifier === null ? {} : { codeVerifier }),
      });
      return { kind: 'identity', identity: toIdentity(profile) };
    } catch (error) {
      if (classify(error).kind === 'unavailable') throw unavailable(error);
      throw new ProblemError('invalid_code', { cause: redacted(error) });
    }
  }

  async chooseOrganization(): Promise<ExternalIdentity> {
    throw new ProblemError('invalid_request', { detail: 'Standalone SSO has no organization to choose.' });
  }

  async renew(): Promise<RenewalResult> {
    return { kind: 'refused', reason: 'nothing_to_renew' };
  }

  async logoutUrl({ profileId, connectionType }: ExternalSession): Promise<string | null> {
    if (profileId === null || connectionType !== SINGLE_LOGOUT_TYPE) return null;
    try {
      // The SDK has no method for it in this version.
      const { data } = await this.workos.post<{ logout_url?: unknown }, { profile_id: string }>(
        '/sso/logout/authorize',
        {
          profile_id: profileId,
        },
      );
      return typeof data.logout_url === 'string' ? data.logout_url : null;
    } catch (error) {
      this.logger.warn({ err: redacted(error) }, 'no logout at the identity provider');
      return null;
    }
  }

  async discard(): Promise<void> {
    // A standalone profile leaves no session at WorkOS.
  }
}

function toIdentity(profile: Profile<Record<string, unknown>>): ExternalIdentity {
  // The SDK's types say "optional"; the API sends null.
  const roles = profile.roles ?? (profile.role ? [profile.role] : []);
  return {
    account: {
      kind: 'profile',
      profileId: profile.id,
      connectionId: profile.connectionId,
      idpId: profile.idpId,
    },
    email: profile.email,
    firstName: profile.firstName ?? null,
    lastName: profile.lastName ?? null,
    profilePictureUrl: null,
    organizationId: profile.organizationId ?? null,
    connectionId: profile.connectionId,
    connectionType: profile.connectionType,
    method: 'sso',
    authenticatedAt: null,
    roles: roles.map((role) => role.slug),
    permissions: null,
    impersonator: null,
    tokens: null,
  };
}
