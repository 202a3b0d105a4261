import type { ColumnType, Generated } from 'kysely';

type EventState = 'pending' | 'done' | 'dead';

export interface WorkosEventsTable {
  id: string;
  event: string;
  object_key: string;
  organization_id: string | null;
  created_at: Date;
  received_at: Date;
  source: EventOrigin;
  /** Written as text: `storableJson`. */
  data: ColumnType<Record<string, unknown>, string, string>;
  state: EventState;
  urgency: Generated<number>;
  attempts: Generated<number>;
  due_at: Date;
  error: string | null;
  processed_at: Date | null;
}

export interface EventDeliveriesTable {
  event_id: string;
  handler: string;
  state: EventState;
  attempts: Generated<number>;
  due_at: Date;
  error: string | null;
}

export interface EventCursorsTable {
  name: string;
  cursor: string | null;
  read_at: Date | null;
  reconciling_since: Date | null;
  reconciling_to: string | null;
  holder: string | null;
  lease_until: Date | null;
}

// A type, since an interface is not a record of tables.
export type EventTables = {
  workos_events: WorkosEventsTable;
  event_deliveries: EventDeliveriesTable;
  event_cursors: EventCursorsTable;
};

/** How an event came: told by WorkOS, or read from its API (one by one, or all there is after a gap). */
export type EventOrigin = 'webhook' | 'events_api';
