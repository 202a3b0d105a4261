import type { RequestHandler } from 'express';
import { z } from 'zod';

export const faultSchema = z.strictObject({
  method: z
    .string()
    .transform((method) => method.toUpperCase())
    .default('*'),
  /** A path; `*` stands for one segment, a last `**` for any rest. */
  path: z.string().startsWith('/'),
  times: z.number().int().min(1).max(1_000_000).default(1),
  kind: z.discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('status'),
      status: z.number().int().min(200).max(599),
      body: z.unknown().optional(),
    }),
    z.strictObject({ type: z.literal('hang') }),
    z.strictObject({ type: z.literal('html'), status: z.number().int().min(200).max(599).default(503) }),
    z.strictObject({ type: z.literal('slow'), milliseconds: z.number().int().min(0).max(600_000) }),
    z.strictObject({
      type: z.literal('rate_limit'),
      retry_after: z.number().int().min(0).max(3600).default(1),
    }),
  ]),
});

export type Fault = z.output<typeof faultSchema>;

const HTML =
  '<!doctype html><html><head><title>Unavailable</title></head><body><h1>Unavailable</h1></body></html>';

function matches(fault: Fault, method: string, path: string): boolean {
  if (fault.method !== '*' && fault.method !== method) return false;
  const pattern = fault.path
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\*\*$/, '.+')
    .replace(/(?<!\.)\*/g, '[^/]+');
  return new RegExp(`^${pattern}$`).test(path);
}

/** Makes the next calls of a route go wrong. The first fault that matches is used up first. */
export class Faults {
  active: Fault[] = [];

  add(fault: Fault): void {
    this.active.push({ ...fault });
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
    const kind = this.take(request.method, request.path)?.kind;
    switch (kind?.type) {
      case undefined:
        return next();
      case 'status':
        return void response.status(kind.status).json(kind.body ?? { message: 'A fault of the sandbox.' });
      case 'hang':
        return;
      case 'html':
        return void response.status(kind.status).type('html').send(HTML);
      case 'slow':
        setTimeout(next, kind.milliseconds).unref();
        return;
      case 'rate_limit':
        response.set('Retry-After', String(kind.retry_after));
        return void response
          .status(429)
          .json({ message: 'Rate limit exceeded.', error: 'too_many_requests' });
    }
  };
}
