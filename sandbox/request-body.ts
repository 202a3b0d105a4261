import type { Request } from 'express';
import { z } from 'zod';
import { unprocessable } from './api-error.js';

/** The body of an API call, or the answer that WorkOS gives to one that it cannot read. */
export function readBody<T>(schema: z.ZodType<T>, { body }: Pick<Request, 'body'>): T {
  const result = schema.safeParse(body ?? {});
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue?.path.join('.') ?? '';
  throw unprocessable(field, `${field} ${issue?.message ?? 'is invalid'}`.trim());
}

/** Without the keys that a request left out. */
export function defined<T extends object>(fields: T): { [name in keyof T]?: Exclude<T[name], undefined> } {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [name in keyof T]?: Exclude<T[name], undefined> };
}

export const metadataField = z
  .record(z.string().max(40), z.string().max(600))
  .nullable()
  .transform((metadata) => metadata ?? {})
  .optional();

export const domainName = z
  .string()
  .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/i, 'is not a domain')
  .transform((domain) => domain.toLowerCase());
