import type { IncomingMessage } from 'node:http';
import type { IncomingCall } from './incoming-call.js';

/** Known to nobody outside this file: what a client sends cannot stand in for its handshake. */
const HANDSHAKE = Symbol('handshake');

interface Client {
  [HANDSHAKE]?: IncomingMessage;
}

/** Keeps the request that opened a socket with it: the credential of every message stands there. */
export function setHandshake(client: object, request: IncomingMessage): void {
  (client as Client)[HANDSHAKE] = request;
}

export function handshakeOf(client: object): IncomingMessage | undefined {
  return (client as Client)[HANDSHAKE];
}

/** `[client, data, ...]` of a message. */
export function socketCallOf(message: readonly unknown[]): IncomingCall {
  const [client, data] = message;
  const request = handshakeOf(client as object);
  if (!request)
    throw new TypeError('Nobody looked at the handshake of this socket: call useWebSockets() before init().');
  return {
    kind: 'ws',
    request,
    carrier: client as object,
    // Nobody says of a message that it only looks.
    isSafe: false,
    parameters: typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {},
    // The adapter looks after it from the first moment.
    connection: null,
  };
}
