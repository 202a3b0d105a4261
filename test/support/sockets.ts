import { io } from 'socket.io-client';
import { WebSocket } from 'ws';

/** What a test does with a socket, whichever library carries it. */
export interface Line {
  /** Sends a message and resolves with the next that comes back: its event and data. */
  ask(event: string, data?: unknown): Promise<[string, unknown]>;
  /** Resolves when the server closes the line: with the code, or with the last exception. */
  readonly ended: Promise<unknown>;
  close(): void;
}

export type Headers = Readonly<Record<string, string>>;

/** @throws with the status and the body where the handshake is refused */
export function openWs(url: string, headers: Headers): Promise<Line> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/live`, { headers });
  const ended = new Promise((resolve) => socket.once('close', resolve));
  const line: Line = {
    ended,
    close: () => socket.terminate(),
    ask: (event, data) =>
      new Promise((resolve) => {
        socket.once('message', (message: Buffer) => {
          const answer = JSON.parse(message.toString()) as { event: string; data: unknown };
          resolve([answer.event, answer.data]);
        });
        socket.send(JSON.stringify({ event, data }));
      }),
  };
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(line));
    socket.once('error', reject);
    socket.once('unexpected-response', (_request, response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => reject(new Error(`${response.statusCode} ${body}`)));
    });
  });
}

/** The same over Socket.IO. */
export function openSocketIo(
  url: string,
  headers: Headers,
  transports: ('websocket' | 'polling')[] = ['websocket'],
): Promise<Line> {
  const socket = io(url, {
    path: '/live',
    transports,
    extraHeaders: { ...headers },
    reconnection: false,
    forceNew: true,
  });
  let last: unknown = null;
  socket.on('exception', (problem: unknown) => (last = problem));
  const ended = new Promise((resolve) => socket.once('disconnect', () => resolve(last)));
  const line: Line = {
    ended,
    close: () => void socket.disconnect(),
    ask: (event, data) =>
      new Promise((resolve) => {
        socket.onAny((answer: string, ...values: unknown[]) => {
          socket.offAny();
          resolve([answer, values[0]]);
        });
        socket.emit(event, data);
      }),
  };
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(line));
    socket.once('connect_error', (error: Error & { context?: { status?: number; responseText?: string } }) =>
      reject(new Error(`${JSON.stringify(error.context ?? null)} ${error.message}`)),
    );
  });
}
