import { SetMetadata } from '@nestjs/common';
import { isOtherEvent, type AnyEventName, type AnyWorkosEvent } from '../identity/other-events.js';
import { isKnownEvent } from '../identity/workos-event.js';

const EVENTS = 'gatehouse:workos-events';

/**
 * An event with its payload as WorkOS writes it (snake_case): read, with its times as `Date`, where the service acts on it
 * itself; of any other event as it came, to be checked by whoever uses it.
 */
export type WorkosEventOf<Name extends AnyEventName> = Extract<AnyWorkosEvent, { event: Name }>;

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
 * @throws {TypeError} where it stands without a name, or with one that is no event of WorkOS's
 */
export function OnWorkosEvent<const Names extends readonly [AnyEventName, ...AnyEventName[]]>(
  ...names: Names
) {
  const unknown = names.filter((name) => !isKnownEvent(name) && !isOtherEvent(name));
  if (names.length === 0 || unknown.length > 0) {
    throw new TypeError(`@OnWorkosEvent() needs names of WorkOS's events: ${unknown.join(', ')}`);
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
export function eventsOf(method: object): readonly AnyEventName[] {
  return (Reflect.getMetadata(EVENTS, method) as readonly AnyEventName[] | undefined) ?? [];
}
