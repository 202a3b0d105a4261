import type { ExecutionContext } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { isSafe } from './decide-cross-origin.js';
import { graphCallOf } from './graph-call.js';
import type { IncomingCall } from './incoming-call.js';
import { socketCallOf } from './socket-call.js';

/**
 * Knows GraphQL and sockets by the shape of their arguments alone: neither package need be there.
 * @throws {TypeError} for a kind of call that credentials cannot come with
 */
export function callOf(context: ExecutionContext): IncomingCall {
  const type: string = context.getType();
  switch (type) {
    case 'http':
      return httpCallOf(context.getArgByIndex(0));
    case 'graphql':
      return graphCallOf(context.getArgs());
    case 'ws':
      return socketCallOf(context.getArgs());
    default:
      throw new TypeError(
        `No credential can be read from a call of type ${type}: let its handlers take a principal from PrincipalContext.run().`,
      );
  }
}

function httpCallOf(request: IncomingMessage & { params?: Record<string, unknown> }): IncomingCall {
  return {
    kind: 'http',
    request,
    carrier: request,
    isSafe: isSafe(request.method ?? ''),
    parameters: request.params ?? {},
    connection: null,
  };
}
