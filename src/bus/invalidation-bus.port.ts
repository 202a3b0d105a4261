/** Whose sessions and other credentials can end together. */
export const SUBJECT_KINDS = [
  'user',
  'organization',
  'member',
  'connection',
  'unnamed_connection',
  'directory',
  'workos_session',
  'api_key',
] as const;
export type SubjectKind = (typeof SUBJECT_KINDS)[number];

/** What every node must forget. */
export type Invalidation =
  | { readonly kind: 'session'; readonly tokenHash: string }
  | {
      readonly kind: SubjectKind;
      readonly id: string;
      readonly exceptSessionId?: string;
    };

export interface InvalidationListener {
  /** Called for every message of every node, this one's own included. */
  onInvalidation(message: Invalidation): void;
  /** Called when messages may have been missed: all that is cached must go. */
  onGap(): void;
}

/**
 * Tells all nodes what is no longer true. Messages are hints: the store is changed first, so a node that hears nothing is
 * late, not wrong. Delivery is at most once, in no order that may be relied on.
 *
 * A bus reconnects by itself and calls `onGap` when it is back. `isUp` is false from the moment at which it cannot be sure
 * to hear others, a connection that is silently dead included: each node hears its own heartbeat or counts itself deaf.
 */
export abstract class InvalidationBus {
  /** Begins to listen, and does not wait for it: until it hears, the bus is down. */
  abstract start(): void;

  abstract subscribe(listener: InvalidationListener): void;

  /** Resolves when the message is handed over. Never throws: a message that is lost is caught by the age limit of caches. */
  abstract publish(message: Invalidation): Promise<void>;

  /** False: believe nothing that is cached for longer than a moment. Cheap: asked on every request. */
  abstract isUp(): boolean;

  abstract close(): Promise<void>;
}
