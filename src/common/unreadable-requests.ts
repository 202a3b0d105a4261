import { randomUUID } from 'node:crypto';
import { ServerResponse, STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { problemBody } from './problem-body.js';
import { ProblemError } from './problem-error.js';
import type { ProblemCode } from './problems.js';

const CODES: Readonly<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
};

/** What Node refuses by itself, because it is no HTTP or too much of it, is answered like every other problem. */
export function answerUnreadable(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (socket.writable && !isAnswering(socket)) socket.write(answerTo(error));
    // What was read so far is not to be understood, nor is what follows.
    (socket as Socket).destroySoon();
  });
  // 417 is for servers that mean it (RFC 9110, section 10.1.1): the request itself can be answered.
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    server.emit('request', request, response);
  });
  // An option of `createServer`, and it was not we who created this one.
  Object.assign(server, { requireHostHeader: false });
}

/** Without one `Host`, or with several, a request of HTTP/1.1 is none (RFC 9112, section 3.2). */
export function requireHost(
  { rawHeaders, httpVersion }: IncomingMessage,
  _response: unknown,
  next: (problem?: ProblemError) => void,
): void {
  const hosts = countHosts(rawHeaders);
  next(hosts > 1 || (hosts === 0 && httpVersion === '1.1') ? new ProblemError('invalid_request') : undefined);
}

/** On the way of every request: `headers` drops the second one, and `headersDistinct` takes all of them apart. */
function countHosts(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name?.length === 4 && name.toLowerCase() === 'host') count++;
  }
  return count;
}

/** Words of ours must not end up in the middle of another answer. Node's own handler looks at the same. */
function isAnswering(socket: Duplex): boolean {
  const answer: unknown = Reflect.get(socket, '_httpMessage');
  return answer instanceof ServerResponse && answer.headersSent;
}

function answerTo({ code = '' }: NodeJS.ErrnoException): string {
  const requestId = randomUUID();
  const problem = new ProblemError(CODES[code] ?? 'invalid_request');
  const body = JSON.stringify(problemBody(problem, requestId));
  const lines = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    'Connection: close',
    'Cache-Control: no-store',
    'Vary: Cookie',
    'X-Content-Type-Options: nosniff',
    `X-Request-Id: ${requestId}`,
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}
