/** What orders two accounts of one object. */
export interface Account {
  /** The object's own `updated_at`. */
  readonly updatedAt: Date;
  /** The event that told of it; none where the object was read from the API. */
  readonly event?: { readonly id: string; readonly createdAt: Date };
}

/**
 * The version of a copy: a text whose order (by code point, `collate "C"`) is that of the accounts. First the object's own
 * time; then the event's, since some changes (members of a group) leave the object's time as it is; then the event's id, so
 * that no two events are alike. An account from the API says no more than its time and yields to an event of the same time.
 */
export function versionOf({ updatedAt, event }: Account): string {
  const parts = [updatedAt.toISOString(), ...(event ? [event.createdAt.toISOString(), event.id] : [])];
  return parts.join(' ');
}

/** The object's own time in a version; the beginning of time for a copy that has none. */
export function updatedAtOf(version: string): Date {
  return new Date(version === '' ? 0 : (version.split(' ')[0] ?? 0));
}
