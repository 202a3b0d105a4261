/** What a module of another team imports. Everything else in this folder is ours to change. */
export { EventsModule } from './events.module.js';
export { DeadLetters } from './dead-letters.repository.js';
export { EventInbox } from './event-inbox.js';
export { EventWake } from './event-wake.js';
export { EventsStatus } from './events-status.js';
export { deadLetter, eventsState, type EventsState } from './event.schemas.js';
export { OnWorkosEvent, type WorkosEventOf } from './on-workos-event.decorator.js';
export { EventVerifier } from '../identity/event-verifier.port.js';
export type { AnyEventName, AnyWorkosEvent, OtherEventName } from '../identity/other-events.js';
export type { WorkosEvent, WorkosEventData, WorkosEventName } from '../identity/workos-event.js';
