import type { IncomingMessage } from 'node:http';

/** The code with which a socket is closed when its credential ends: 401, in the range for applications (RFC 6455, section 7.4.2). */
export const SESSION_ENDED = 4401;

/** What stays open after a call, and must not outlive the credential that it came with. */
export interface Connection {
  close(code: number, reason: string): unknown;
  once(event: 'close', listener: () => void): unknown;
}

/** What the guard needs of a call, whatever brought it. */
export interface IncomingCall {
  readonly kind: 'http' | 'graphql' | 'ws';
  /** Holds the headers that the credential stands in. */
  readonly request: IncomingMessage;
  /** What the principal is put on and read from, for as long as the call lasts. */
  readonly carrier: object;
  /** It only looks. */
  readonly isSafe: boolean;
  /** Of the path, or the arguments of a field, or the members of a message. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** `null` where the answer is all there is, or where somebody else looks after it. */
  readonly connection: Connection | null;
}
