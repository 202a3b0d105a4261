import type { NextFunction, Request, Response } from 'express';
import { randomUUID } from 'node:crypto';

/** Who sent a request, as far as it may be believed: `ip` honours `TRUST_PROXY` and nothing else. */
export interface RequestOrigin {
  readonly requestId: string;
  readonly ip: string | null;
  /** At most 512 characters, control characters removed. */
  readonly userAgent: string | null;
  /** Somebody who acts as the person whose request it is. */
  readonly impersonator?: StandIn;
}

/** Somebody in another person's place, and why. */
export interface StandIn {
  readonly email: string;
  readonly reason: string | null;
}

/** A symbol that nobody outside this file has: no header or body can put a name there. */
const STAND_IN = Symbol('stand-in');

/** For all that is recorded of this request from now on. Only the guard says it. */
export function noteImpersonator(request: object, impersonator: StandIn): void {
  (request as { [STAND_IN]?: StandIn })[STAND_IN] = impersonator;
}

/** The same origin with whoever acts as the person that it is about now, or with nobody. */
export function actedBy(origin: RequestOrigin, impersonator: StandIn | null): RequestOrigin {
  const { impersonator: _, ...own } = origin;
  return impersonator ? { ...own, impersonator } : own;
}

export const REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/;

/** Keeps a well-formed incoming `X-Request-Id`, else makes one, and puts it on the answer. */
export function requestId(request: Request & { id?: unknown }, response: Response, next: NextFunction): void {
  const incoming = request.headers['x-request-id'];
  const id = typeof incoming === 'string' && REQUEST_ID.test(incoming) ? incoming : randomUUID();
  request.id = id;
  response.setHeader('X-Request-Id', id);
  next();
}

/** The id of a request, as it stands on the answer. */
export function requestIdOf(request: { id?: unknown }): string {
  return typeof request.id === 'string' ? request.id : '';
}

export function requestOrigin(request: Request & { id?: unknown; [STAND_IN]?: StandIn }): RequestOrigin {
  const impersonator = request[STAND_IN];
  const agent = request.headers['user-agent'];
  return {
    requestId: requestIdOf(request),
    // An IPv4 address is written as one, also on a socket that speaks both.
    ip: request.ip?.replace(/^::ffff:(?=\d+\.)/, '') ?? null,
    // oxlint-disable-next-line no-control-regex -- control characters are what must go
    userAgent: agent === undefined ? null : agent.replace(/[\u0000-\u001f\u007f]/g, ' ').slice(0, 512),
    ...(impersonator ? { impersonator } : {}),
  };
}
