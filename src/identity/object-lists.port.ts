/** An object as WorkOS writes it (snake_case). */
export type WireObject = Readonly<Record<string, unknown>>;

/** A list of WorkOS's, and which part of it. */
export type ObjectList =
  | { readonly of: 'organizations' | 'connections' | 'directories' | 'users' | 'environment_roles' }
  | { readonly of: 'memberships' | 'organization_roles'; readonly organizationId: string }
  | { readonly of: 'directory_users' | 'directory_groups'; readonly directoryId: string }
  | { readonly of: 'group_members'; readonly groupId: string; readonly directoryId: string };

/** An object that can be asked for by its id. */
export type ObjectKind =
  | 'organization'
  | 'organization_domain'
  | 'connection'
  | 'user'
  | 'organization_membership'
  | 'directory'
  | 'directory_user'
  | 'directory_group';

export interface ObjectPage {
  readonly objects: readonly WireObject[];
  /** Where the next page begins; `null` behind the last. */
  readonly next: string | null;
}

/**
 * Reads what there is at WorkOS now, whole. Everything but an answer throws `ProblemError('upstream_unavailable')`: a list
 * that broke off must not look like one that ended.
 */
export abstract class ObjectLists {
  /**
   * The page behind `after`, the first for `null`; no sooner than WorkOS allows. Of a parent that does not exist there is
   * nothing.
   */
  abstract page(list: ObjectList, after: string | null): Promise<ObjectPage>;

  /** @returns `false` only where WorkOS says that there is none */
  abstract exists(kind: ObjectKind, id: string): Promise<boolean>;
}
