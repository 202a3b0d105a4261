import type { WireObject } from '../identity/object-lists.port.js';
import { subjectOf, type RawWorkosEvent, type WorkosEventName } from '../identity/workos-event.js';

/**
 * What a list says of an object, told as an event of that object. Its time is the object's own, so that it stands where it
 * belongs among the real events; its id sorts before theirs (`event_`), so that it yields to one of the same moment, and is
 * the same each time, so that what is known already is not written again.
 */
export function accountOf(event: WorkosEventName, data: WireObject, begun: Date): RawWorkosEvent {
  const updatedAt = new Date(String(data['updated_at']));
  const createdAt = Number.isNaN(updatedAt.getTime()) ? begun : updatedAt;
  return told(event, data, createdAt);
}

/** What has no time of its own is known for the beginning of the reconciliation, and no later. */
export function factOf(event: WorkosEventName, data: WireObject, begun: Date): RawWorkosEvent {
  return told(event, data, begun);
}

/** Whether an event is one of these. */
export function isAccount({ id }: Pick<RawWorkosEvent, 'id'>): boolean {
  return id.startsWith('account_');
}

function told(event: WorkosEventName, data: WireObject, createdAt: Date): RawWorkosEvent {
  const raw = { id: '', event, data, createdAt };
  const { objectKey } = subjectOf(raw);
  return { ...raw, id: `account_${createdAt.toISOString()}_${event}_${objectKey}` };
}

/** Which event says that a connection is in this state. */
export function connectionEvent(connection: WireObject): WorkosEventName {
  return connection['state'] === 'active' ? 'connection.activated' : 'connection.deactivated';
}

/** The same of a directory. One that cannot be reached for now (`validating`, `invalid_credentials`) is not switched off. */
export function directoryEvent({ state }: WireObject): WorkosEventName {
  return OFF.has(state) ? 'dsync.deactivated' : 'dsync.activated';
}

/** In the words of the list and in those of events. */
const OFF: ReadonlySet<unknown> = new Set(['unlinked', 'inactive', 'deleting']);
