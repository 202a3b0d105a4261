import { z } from 'zod';
import { unprocessable } from './api-error.js';
import type { Wire } from './model.js';

/** The parameters of a query string or a form, each as one string or nothing; a repeated one is refused. */
export function single(source: unknown, name: string): string | undefined {
  if (typeof source !== 'object' || source === null || !Object.hasOwn(source, name)) return undefined;
  const value: unknown = (source as Record<string, unknown>)[name];
  if (value === undefined || value === '') return undefined;
  if (typeof value !== 'string') throw unprocessable(name, `${name} must be one string`);
  return value;
}

/** A list in any of the spellings in use: `a=1,2`, `a=1&a=2`, `a[]=1&a[]=2`. */
export function several(source: unknown, name: string): string[] {
  const record = source as Record<string, unknown>;
  return [record[name], record[`${name}[]`]]
    .flat()
    .flatMap((value) => (typeof value === 'string' ? value.split(',') : []))
    .filter((value) => value !== '');
}

const paging = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(10),
  order: z.enum(['normal', 'asc', 'desc']).default('desc'),
  before: z.string().optional(),
  after: z.string().optional(),
});

/** One page of `records`, which stand in the order of creation. Cursors are ids of records. */
export function listWire<T extends { id: string }>(
  records: readonly T[],
  query: unknown,
  wire: (record: T) => Wire,
): Wire {
  const parsed = paging.safeParse({
    limit: single(query, 'limit'),
    order: single(query, 'order'),
    before: single(query, 'before'),
    after: single(query, 'after'),
  });
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw unprocessable(String(issue?.path[0] ?? ''), issue?.message ?? 'Validation failed');
  }
  const { limit, order, before, after } = parsed.data;
  const ordered = order === 'desc' ? records.toReversed() : records;
  const indexOf = (id: string, field: string): number => {
    const index = ordered.findIndex((record) => record.id === id);
    if (index === -1) throw unprocessable(field, `${field} is not an ID of this list`);
    return index;
  };
  let start = after === undefined ? 0 : indexOf(after, 'after') + 1;
  let end = before === undefined ? ordered.length : indexOf(before, 'before');
  if (before !== undefined && after === undefined) start = Math.max(0, end - limit);
  end = Math.min(end, start + limit);
  const shown = ordered.slice(start, end);
  return {
    object: 'list',
    data: shown.map(wire),
    list_metadata: {
      before: start > 0 ? (shown[0]?.id ?? null) : null,
      after: end < ordered.length ? (shown.at(-1)?.id ?? null) : null,
    },
  };
}
