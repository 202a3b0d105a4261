import type { ExecutionContext } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { isSafe } from './decide-cross-origin.js';

/** What the guard needs of a call, whatever brought it. */
export interface IncomingCall {
  /** Holds the headers that the credential stands in. */
  readonly request: IncomingMessage;
  /** What the principal is put on and read from, for as long as the call lasts. */
  readonly carrier: object;
  /** It only looks. */
  readonly isSafe: boolean;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** @throws {TypeError} for a kind of call that credentials cannot come with */
export function callOf(context: ExecutionContext): IncomingCall {
  const type: string = context.getType();
  if (type !== 'http') throw new TypeError(`No credential can be read from a call of type ${type}.`);
  const request = context.getArgByIndex<IncomingMessage & { params?: Record<string, unknown> }>(0);
  return {
    request,
    carrier: request,
    isSafe: isSafe(request.method ?? ''),
    parameters: request.params ?? {},
  };
}
