import { SetMetadata } from '@nestjs/common';
import { isKnownEvent, type WorkosEvent, type WorkosEventName } from '../identity/workos-event.js';

const EVENTS = 'gatehouse:workos-events';

/** An event with its payload as WorkOS writes it (snake_case), its times as `Date`. */
export type WorkosEventOf<Name extends WorkosEventName> = Extract<WorkosEvent, { event: Name }>;

/**
 * Hands events of these names to a method of any provider, after the service itself has followed them.
 *
 * At least once: an event comes again where the method threw, or the process ended under it, so what it does must bear
 * repeating; `event.id` is the same each time. A method that throws is tried again, later each time, six times in all;
 * then the event is on the list of dead letters (`npm run events`). One that is not done within a minute counts as one that
 * threw, although it goes on. Does not promise an order: compare `event.data.updated_at`. Does not check whose event it is: look at its organization.
 *
 * @example
 * ```ts
 * @OnWorkosEvent('dsync.user.deleted')
 * async archive({ id, data }: WorkosEventOf<'dsync.user.deleted'>) {}
 * ```
 * @throws {TypeError} where it stands without a name, or with one that the service does not know
 */
export function OnWorkosEvent<const Names extends readonly [WorkosEventName, ...WorkosEventName[]]>(
  ...names: Names
) {
  const unknown = names.filter((name) => !isKnownEvent(name));
  if (names.length === 0 || unknown.length > 0) {
    throw new TypeError(`@OnWorkosEvent() needs names of events that are known: ${unknown.join(', ')}`);
  }
  return <Method extends (event: WorkosEventOf<Names[number]>) => unknown>(
    target: object,
    key: string,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void => {
    SetMetadata(EVENTS, names)(target, key, descriptor);
  };
}

/** The names that a method asked for. */
export function eventsOf(method: object): readonly WorkosEventName[] {
  return (Reflect.getMetadata(EVENTS, method) as readonly WorkosEventName[] | undefined) ?? [];
}
