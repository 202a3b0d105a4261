import type { OAuthProvider } from './identifiers.js';
import type { Impersonator } from './principal.js';

/** Where a sign-in is sent. `default` is AuthKit's hosted page; standalone SSO has none. */
export type SignInTarget =
  | { readonly kind: 'default' }
  | { readonly kind: 'organization'; readonly organizationId: string }
  | { readonly kind: 'connection'; readonly connectionId: string }
  | { readonly kind: 'provider'; readonly provider: OAuthProvider };

export interface AuthorizationRequest {
  readonly target: SignInTarget;
  readonly state: string;
  /** PKCE, S256 (RFC 7636, section 4.2). */
  readonly codeChallenge: string;
  readonly loginHint?: string;
  /** The identity provider is to ask for the person's own proof, whatever session of its own it has. */
  readonly reauthenticate?: boolean;
}

/** Who came back from the identity provider. Strings are as WorkOS gave them. */
export interface ExternalIdentity {
  /** The account at WorkOS: a profile of one connection (standalone SSO), or a user across organizations (AuthKit). */
  readonly account:
    | {
        readonly kind: 'profile';
        readonly profileId: string;
        readonly connectionId: string;
        readonly idpId: string;
      }
    | { readonly kind: 'user'; readonly userId: string };
  readonly email: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly profilePictureUrl: string | null;
  readonly organizationId: string | null;
  /** `null` where WorkOS does not say (AuthKit). */
  readonly connectionId: string | null;
  readonly connectionType: string | null;
  readonly method: string;
  /** When the person proved who they are; `null` where WorkOS does not say (standalone SSO). */
  readonly authenticatedAt: Date | null;
  readonly roles: readonly string[];
  /** `null` where they follow from the roles of the organization (standalone SSO). */
  readonly permissions: readonly string[] | null;
  readonly impersonator: Impersonator | null;
  /** What is needed to renew and to end the session at WorkOS. `null` for standalone SSO. */
  readonly tokens: ExternalTokens | null;
}

export interface ExternalTokens {
  readonly sessionId: string;
  readonly accessTokenExpiresAt: Date;
  readonly refreshToken: string;
}

/** WorkOS knows the person, who belongs to several organizations and must choose one. */
export interface OrganizationChoice {
  readonly pendingToken: string;
  readonly organizations: readonly { readonly id: string; readonly name: string }[];
}

export type ExchangeResult =
  | { readonly kind: 'identity'; readonly identity: ExternalIdentity }
  | { readonly kind: 'choose-organization'; readonly choice: OrganizationChoice };

export type RenewalResult =
  | { readonly kind: 'renewed'; readonly identity: ExternalIdentity }
  | { readonly kind: 'refused'; readonly reason: string };

/** What a session keeps about its origin, so that it can be ended there. */
export interface ExternalSession {
  readonly sessionId: string | null;
  readonly profileId: string | null;
  readonly connectionType: string | null;
}

/**
 * Starts and ends sign-ins at WorkOS. Two adapters: the User Management API (AuthKit) and the standalone SSO API.
 *
 * Every method that talks to WorkOS ends within its time-out, throws `ProblemError`, and nothing of the SDK leaves it:
 * `invalid_code` for a code that is unknown, used, expired or whose verifier is wrong (final: the sign-in starts again);
 * `upstream_unavailable` for everything that says nothing about the person (a time-out, a 429, a 5xx, an HTML page,
 * a refused API key).
 */
export abstract class IdentityProvider {
  /** Whether there is a hosted page for a person whose organization is not known. */
  abstract readonly hasHostedPage: boolean;

  /** The URL that the browser is sent to. No request is made. `default` throws where there is no hosted page. */
  abstract authorizationUrl(request: AuthorizationRequest): string;

  /** Redeems a code, at most once. `codeVerifier` is `null` for a sign-in that the identity provider began. */
  abstract exchange(code: string, codeVerifier: string | null): Promise<ExchangeResult>;

  /** Finishes a sign-in that ended in `choose-organization`. */
  abstract chooseOrganization(pendingToken: string, organizationId: string): Promise<ExternalIdentity>;

  /**
   * Trades a refresh token for fresh claims and a new pair, for another organization of the person where one is named.
   * `refused` is final for this token or this organization; an answer that was lost may be asked for again at once.
   */
  abstract renew(refreshToken: string, organizationId?: string): Promise<RenewalResult>;

  /** Where the browser must go to end the session at WorkOS; `null` where there is nothing to end. Never throws. */
  abstract logoutUrl(session: ExternalSession, returnTo: string): Promise<string | null>;

  /** Ends a session at WorkOS that never became one here. Never throws. */
  abstract discard(identity: ExternalIdentity): Promise<void>;
}
