import type { RawWorkosEvent } from './workos-event.js';

/** Milliseconds for which WorkOS keeps its log: 30 days (https://workos.com/docs/reference/events). */
export const LOG_RETENTION = 30 * 86_400_000;

export interface EventPage {
  /** Oldest first. */
  readonly events: readonly RawWorkosEvent[];
  /** Where the next page begins; `null` where there was nothing new. */
  readonly cursor: string | null;
}

/**
 * Reads the log of what has happened at WorkOS, where every event stays for `LOG_RETENTION`, with the ids that webhooks have.
 *
 * - Only events of the names that are asked for; what is none of them is left out, and the cursor goes past it.
 * - Whatever says nothing about the log throws `ProblemError('upstream_unavailable')`.
 */
export abstract class EventSource {
  /**
   * The page behind a cursor, or the first there is.
   * @returns `cursor_lost` where WorkOS no longer knows that place: what happened since then cannot be read any more
   */
  abstract read(cursor: string | null, names: readonly string[]): Promise<EventPage | 'cursor_lost'>;

  /** The place behind everything that has happened so far; `null` where nothing has. */
  abstract end(names: readonly string[]): Promise<string | null>;
}
