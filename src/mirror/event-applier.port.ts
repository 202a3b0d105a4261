import type { WorkosEvent, WorkosEventName } from '../identity/workos-event.js';
import type { MirrorTransaction } from './tombstones.js';

/**
 * Carries events of some names over into the local copy.
 *
 * - **Atomicity**: everything is written with `trx`, whose commit also marks the event as done. Sessions are ended by a
 *   request in the same transaction (`RevocationOutbox`), never beside it.
 * - **Order**: events of one object come one after the other, but not in the order in which they happened: an older version
 *   changes nothing (`versionOf`), and a deleted object stays deleted (`isBuried`, `bury`).
 * - **Idempotence**: an event may come again after a failure; then the first attempt left nothing behind.
 * - **Errors**: `ProblemError` with status 503 is tried again soon; any other counts against the event, which is set aside
 *   after some attempts and keeps no other event waiting. A statement may take a second at the first attempt, a minute at
 *   each further one.
 */
export abstract class EventApplier {
  abstract readonly events: readonly WorkosEventName[];

  abstract apply(trx: MirrorTransaction, event: WorkosEvent): Promise<void>;
}

/** The list of every applier, `readonly EventApplier[]`: made where the appliers are, asked for where events are processed. */
export const EVENT_APPLIERS = Symbol('event appliers');
