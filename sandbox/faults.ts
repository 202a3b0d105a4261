import type { RequestHandler } from 'express';
import { z } from 'zod';

const status = z.coerce.number().int().min(200).max(599);

const where = {
  method: z
    .string()
    .transform((method) => method.toUpperCase())
    .default('*'),
  /** A path: `*` stands for one segment, `**` at the end for any rest. */
  path: z.string().startsWith('/'),
  times: z.coerce.number().int().min(1).max(1_000_000).default(1),
};

export const faultSchema = z.discriminatedUnion('type', [
  z.strictObject({ ...where, type: z.literal('status'), status, body: z.unknown().optional() }),
  z.strictObject({ ...where, type: z.literal('html'), status: status.default(503) }),
  z.strictObject({ ...where, type: z.literal('hang') }),
  z.strictObject({
    ...where,
    type: z.literal('slow'),
    milliseconds: z.coerce.number().int().min(0).max(600_000),
  }),
  z.strictObject({
    ...where,
    type: z.literal('rate_limit'),
    retry_after: z.coerce.number().int().min(0).max(3600).default(1),
  }),
]);

export type Fault = z.output<typeof faultSchema>;

const HTML =
  '<!doctype html><html><head><title>Unavailable</title></head><body><h1>Unavailable</h1></body></html>';

function matches(fault: Fault, method: string, path: string): boolean {
  if (fault.method !== '*' && fault.method !== method) return false;
  const wanted = fault.path.split('/');
  const actual = path.split('/');
  if (wanted.at(-1) === '**') return wanted.slice(0, -1).every((part, at) => fits(part, actual[at]));
  return wanted.length === actual.length && wanted.every((part, at) => fits(part, actual[at]));
}

function fits(pattern: string, segment: string | undefined): boolean {
  return pattern === '*' ? segment !== undefined && segment !== '' : pattern === segment;
}

/** Makes the next calls of a route go wrong. The first fault that matches is used up first. */
export class Faults {
  active: Fault[] = [];

  add(fault: Fault): void {
    this.active.push(fault);
  }

  clear(): void {
    this.active = [];
  }

  private take(method: string, path: string): Fault | undefined {
    const fault = this.active.find((candidate) => matches(candidate, method, path));
    if (fault) {
      fault.times -= 1;
      this.active = this.active.filter(({ times }) => times > 0);
    }
    return fault;
  }

  readonly handle: RequestHandler = (request, response, next) => {
    const fault = this.take(request.method, request.path);
    switch (fault?.type) {
      case undefined:
        next();
        break;
      case 'status':
        response.status(fault.status).json(fault.body ?? { message: 'A fault of the sandbox.' });
        break;
      case 'html':
        response.status(fault.status).type('html').send(HTML);
        break;
      case 'hang':
        break;
      case 'slow':
        setTimeout(next, fault.milliseconds).unref();
        break;
      case 'rate_limit':
        response.status(429).set('Retry-After', String(fault.retry_after));
        response.json({ message: 'Rate limit exceeded.', error: 'too_many_requests' });
        break;
    }
  };
}
