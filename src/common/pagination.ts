import { z } from 'zod';
import { ProblemError } from './problem-error.js';

export interface Page<Item> {
  data: Item[];
  nextCursor: string | null;
}

/** `?limit=` 1..100 (20), `?cursor=` from an earlier answer. A parameter given twice is refused: it is no string. */
export const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(200).optional(),
});

/** The schema of a page of a list, for `@Answers`. */
export function pageSchema<Item extends z.ZodType>(item: Item) {
  return z.object({
    data: z.array(item),
    nextCursor: z.string().nullable().describe('For `?cursor=`; `null` where there is no more.'),
  });
}

export type PageQuery = z.infer<typeof pageQuery>;

const ID = /^[a-z]+(?:_[a-z]+)*_[0-9A-HJKMNP-TV-Z]{26}$/;

/**
 * Lists are ordered by id, newest first: ids begin with their time, so the last id is the whole cursor.
 * @param form that every id of the list has
 */
export function cursorId(query: PageQuery, form = ID): string | undefined {
  if (query.cursor === undefined) return undefined;
  const id = Buffer.from(query.cursor, 'base64url').toString();
  if (!form.test(id)) {
    throw new ProblemError('invalid_request', { detail: 'The cursor is not one that this service gave.' });
  }
  return id;
}

/** Takes `limit + 1` rows and makes the page of them. */
export function pageOf<Item extends { id: string }>(rows: Item[], limit: number): Page<Item> {
  const data = rows.slice(0, limit);
  const last = data.at(-1);
  return {
    data,
    nextCursor: rows.length > limit && last ? Buffer.from(last.id).toString('base64url') : null,
  };
}
