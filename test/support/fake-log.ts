import { ProblemError } from '../../src/common/problem-error.js';
import { EventSource, type EventPage } from '../../src/identity/event-source.port.js';
import {
  ObjectLists,
  type ObjectKind,
  type ObjectList,
  type ObjectPage,
  type WireObject,
} from '../../src/identity/object-lists.port.js';
import type { RawWorkosEvent } from '../../src/identity/workos-event.js';

/** A log as WorkOS keeps it, in pages of three. */
export class FakeSource extends EventSource {
  log: RawWorkosEvent[] = [];
  /** Where each page that was asked for began. */
  readonly asked: (string | null)[] = [];
  /** Of which events it was asked last. */
  names: readonly string[] = [];
  before: (cursor: string | null) => Promise<void> = async () => undefined;

  override async read(cursor: string | null, names: readonly string[]): Promise<EventPage | 'cursor_lost'> {
    this.names = names;
    this.asked.push(cursor);
    await this.before(cursor);
    const index = this.log.findIndex(({ id }) => id === cursor);
    if (cursor !== null && index === -1) return 'cursor_lost';
    const events = this.log.slice(index + 1, index + 4);
    return { events, cursor: events.at(-1)?.id ?? null };
  }

  override async end(): Promise<string | null> {
    return this.log.at(-1)?.id ?? null;
  }
}

/** What there is, by `<list> <of what>`, in pages of two. */
export class FakeLists extends ObjectLists {
  readonly lists = new Map<string, WireObject[]>();
  /** Objects that exist although no list has them. */
  readonly hidden = new Set<string>();
  readonly asked: string[] = [];

  override async page(list: ObjectList, after: string | null): Promise<ObjectPage> {
    const { of, ...within } = list;
    const [parent = ''] = Object.values(within as Record<string, string>);
    if (this.lists.has(`broken ${of}`)) throw new ProblemError('upstream_unavailable', { retryAfter: 0 });
    const objects = this.lists.get(`${of} ${parent}`.trim()) ?? [];
    const end = Number(after ?? 0) + 2;
    return { objects: objects.slice(end - 2, end), next: end < objects.length ? String(end) : null };
  }

  override async exists(kind: ObjectKind, id: string): Promise<boolean> {
    this.asked.push(`${kind} ${id}`);
    return this.hidden.has(id);
  }
}
