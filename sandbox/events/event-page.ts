import { z } from 'zod';
import { ApiError, unprocessable } from '../api-error.js';
import { isTimedId } from '../ids.js';
import type { RecordedEvent } from '../model.js';
import { several, single } from '../parameters.js';

const LONGEST_RANGE = 30 * 24 * 3600 * 1000;

const moment = z.iso
  .datetime({ offset: true, local: true })
  .or(z.iso.date())
  .transform((text) => new Date(text));

const querySchema = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(10),
  order: z.enum(['normal', 'asc', 'desc']).default('desc'),
  after: z.string().optional(),
  before: z.string().optional(),
  range_start: moment.optional(),
  range_end: moment.optional(),
  organization_id: z.string().optional(),
});

type EventQuery = z.output<typeof querySchema>;

function readQuery(source: unknown): EventQuery {
  const names = Object.keys(querySchema.shape);
  const parsed = querySchema.safeParse(Object.fromEntries(names.map((name) => [name, single(source, name)])));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = String(issue?.path[0] ?? '');
  throw unprocessable(field, `${field} ${issue?.message ?? 'is invalid'}`);
}

/**
 * One page of GET /events. A cursor is the id of an event that need not match the filter; one that the log does not
 * hold (any more) is refused rather than read as the beginning, so that no reader skips a gap unawares.
 * @param begun the id below which all cursors are of earlier runs: what is known of those was told anew at the start
 */
export function eventPage(
  log: readonly RecordedEvent[],
  source: unknown,
  begun = '',
): { events: RecordedEvent[]; after: string | null } {
  const query = readQuery(source);
  const { limit, order, range_start: from, range_end: to } = query;
  if (from && to && to.getTime() - from.getTime() > LONGEST_RANGE) {
    throw new ApiError(400, { message: 'The range between range_start and range_end exceeds 30 days.' });
  }
  const position = (id: string, field: 'after' | 'before'): number => {
    const index = log.findIndex((event) => event.id === id);
    if (index !== -1) return index;
    if (isTimedId('event', id) && id < begun) return -1;
    if (!isTimedId('event', id)) throw unprocessable(field, `${field} is not an ID of an event`);
    throw new ApiError(400, {
      message: `The event of the cursor '${id}' does not exist or is older than the retention period.`,
    });
  };
  const after = query.after === undefined ? null : position(query.after, 'after');
  const before = query.before === undefined ? null : position(query.before, 'before');
  const [above, below] = order === 'desc' ? [before, after] : [after, before];

  const names = several(source, 'events');
  const matching = log.filter(
    (event, index) =>
      (above === null || index > above) &&
      (below === null || index < below) &&
      (names.length === 0 || names.includes(event.event)) &&
      (query.organization_id === undefined || event.organizationId === query.organization_id) &&
      (!from || event.createdAt >= from) &&
      (!to || event.createdAt < to),
  );
  const ordered = order === 'desc' ? matching.toReversed() : matching;
  if (before !== null && after === null) {
    const events = ordered.slice(-limit);
    return { events, after: events.at(-1)?.id ?? null };
  }
  const events = ordered.slice(0, limit);
  return { events, after: ordered.length > limit ? (events.at(-1)?.id ?? null) : null };
}
