/** An API key that WorkOS knows and that is good now. */
export interface ValidApiKey {
  readonly id: string;
  readonly name: string;
  readonly organizationId: string;
  /** Whose key it is; `null` for the organization's own. */
  readonly userId: string | null;
  readonly permissions: readonly string[];
}

/** Asks WorkOS what an API key is worth. */
export abstract class ApiKeys {
  /**
   * @returns `null` for a key that is unknown, revoked or past its end
   * @throws `upstream_unavailable` where WorkOS cannot be asked
   */
  abstract validate(value: string): Promise<ValidApiKey | null>;
}
