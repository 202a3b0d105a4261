/** A user of AuthKit. */
export interface PersonRecord {
  readonly id: string;
  readonly email: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly profilePictureUrl: string | null;
}

/** Asks WorkOS for people whom the local copy does not have. Throws `upstream_unavailable` where it cannot be asked. */
export abstract class PeopleSource {
  /** `null` where WorkOS has no such user. */
  abstract findUser(userId: string): Promise<PersonRecord | null>;

  /** The id of a person's active membership; `null` where they have none. */
  abstract membershipId(organizationId: string, userId: string): Promise<string | null>;

  /**
   * Whether somebody made the person an active member, rather than WorkOS itself as they signed in.
   * @param startedAt when the sign-in in question began: it made no membership that is older
   */
  abstract isAnnounced(organizationId: string, userId: string, startedAt: Date | null): Promise<boolean>;

  /** How the person began a session of theirs at WorkOS, in lower case; `null` where it has ended or is not theirs. */
  abstract methodOf(userId: string, sessionId: string): Promise<string | null>;
}
