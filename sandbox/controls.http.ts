import type { Request, Response } from 'express';
import { z } from 'zod';
import { ApiError } from './api-error.js';

/** A boolean as JSON has it or as a button of a form sends it. */
export const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);

export function read<T>(schema: z.ZodType<T>, { body }: Request): T {
  const result = schema.safeParse(body ?? {});
  if (result.success) return result.data;
  const message = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  throw new ApiError(400, { message });
}

export function isForm(request: Request): boolean {
  return request.is('application/x-www-form-urlencoded') !== false;
}

/** A form of the pages goes back to its page; a script gets JSON. */
export function done(request: Request, response: Response, answer: unknown): void {
  if (isForm(request)) {
    const page = /^https?:\/\/[^/]+(\/_sandbox(?:\/[\w/-]*)?)$/.exec(request.get('referer') ?? '')?.[1];
    response.redirect(303, page ?? '/');
  } else {
    response.json(answer);
  }
}
