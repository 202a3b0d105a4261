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
  readonly id: string;
  readonly authenticatedAt: Date;
  /** The absolute end. An idle session ends earlier. */
  readonly expiresAt: Date;
  /** How the person proved who they are: `sso`, `password`, an OAuth provider, in lower case. */
  readonly method: string;
  readonly connectionId: string | null;
  readonly impersonator: Impersonator | null;
}

/** Who a request comes from, and what they may do. What the guard puts on a request and decorators hand out. */
export interface Principal {
  readonly kind: 'user';
  readonly user: User;
  /** `null` for a person who signed in without a company (a social sign-in). */
  readonly organization: Organization | null;
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
  readonly session: Session;
}
