/** May this member do this to that resource? */
export interface AccessQuestion {
  /** WorkOS's id of the membership. */
  readonly membershipId: string;
  readonly permission: string;
  /** As the resource is registered at WorkOS: its type, and the id that this service knows it by. */
  readonly resourceType: string;
  readonly resourceId: string;
}

/** Asks WorkOS who may do what to a single resource (WorkOS, "Fine-Grained Authorization"). */
export abstract class ResourceAccess {
  /**
   * @returns `false` also for a resource or a membership that WorkOS does not know
   * @throws `upstream_unavailable` where WorkOS cannot be asked
   */
  abstract isAuthorized(question: AccessQuestion): Promise<boolean>;
}
