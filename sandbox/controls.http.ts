import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { ApiError } from './api-error.js';
import { PageProblem } from './browser-error.js';

/** A boolean as JSON has it or as a button of a form sends it. */
export const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);

export function read<T>(schema: z.ZodType<T>, request: Request): T {
  const result = schema.safeParse(request.body ?? {});
  if (result.success) return result.data;
  const message = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  if (isForm(request)) throw new PageProblem(400, 'This cannot be used', message);
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

/** Any web page can post a form to localhost; none but the sandbox's own may change anything here. */
export const refuseOtherSites: RequestHandler = (request, _response, next) => {
  const site = request.get('sec-fetch-site');
  if (request.method !== 'GET' && site !== undefined && site !== 'same-origin' && site !== 'none') {
    throw new ApiError(403, { message: 'The controls refuse other sites.' });
  }
  next();
};
