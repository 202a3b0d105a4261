/** The person behind a request, as the service knows them. */
export interface User {
  readonly id: string;
  readonly email: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly profilePictureUrl: string | null;
}

/** The company whose session this is. Every tenant-scoped query uses its id. */
export interface Organization {
  readonly id: string;
  readonly name: string;
}

/** Somebody of WorkOS's dashboard who acts as the user, and why. */
export interface Impersonator {
  readonly email: string;
  readonly reason: string | null;
}

export interface Session {
  /** The service's own, or WorkOS's where the person came with an access token. */
  readonly id: string;
  readonly authenticatedAt: Date;
  /** When the identity provider is known to have asked for the person's own proof; `null` where it may have used a session of its own. */
  readonly provenAt: Date | null;
  /** The absolute end. An idle session ends earlier. */
  readonly expiresAt: Date;
  /** How the person proved who they are: `sso`, `password`, an OAuth provider, in lower case. */
  readonly method: string;
  readonly connectionId: string | null;
  readonly impersonator: Impersonator | null;
}

/** What every caller may do, and for whom. */
interface Grants {
  /** `null` for a person who signed in without a company (a social sign-in). */
  readonly organization: Organization | null;
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
}

/** A signed-in person. */
export interface UserPrincipal extends Grants {
  readonly kind: 'user';
  /** The session cookie of this service, or an access token of AuthKit. */
  readonly credential: 'session' | 'accessToken';
  readonly user: User;
  readonly session: Session;
}

/** A service of a customer's, with a machine-to-machine token (WorkOS Connect, "M2M Applications"). */
export interface MachinePrincipal extends Grants {
  readonly kind: 'machine';
  readonly machine: { readonly clientId: string; readonly expiresAt: Date };
}

/** Whoever holds an API key that an organization, or one of its people, made at WorkOS ("API Keys"). */
export interface ApiKeyPrincipal extends Grants {
  readonly kind: 'apiKey';
  readonly apiKey: {
    readonly id: string;
    readonly name: string;
    /** The person whose key it is; `null` for the organization's own. */
    readonly userId: string | null;
  };
}

/** Who a request comes from, and what they may do. What the guard puts on a request and decorators hand out. */
export type Principal = UserPrincipal | MachinePrincipal | ApiKeyPrincipal;

export type PrincipalKind = Principal['kind'];
