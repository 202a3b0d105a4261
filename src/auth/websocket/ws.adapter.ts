import type { INestApplicationContext } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { WebSocket, WebSocketServer } from 'ws';
import { problemBody } from '../../common/problem-body.js';
import { toProblem } from '../../common/problem.filter.js';
import { requestIdOf } from '../../common/request-origin.js';
import { Handshakes } from '../access/handshakes.service.js';
import { SESSION_ENDED } from '../access/incoming-call.js';
import { entering } from './entering.js';

type Options = Parameters<WsAdapter['create']>[1];
type Bind = Parameters<WsAdapter['bindMessageHandlers']>;

/** Bytes, as Socket.IO has it; by itself the library reads a hundred times as much. A gateway may say otherwise. */
const MAX_MESSAGE = 1_000_000;

/** Plain WebSockets. A handshake that is refused is answered with the problem and never becomes a socket. */
export class PrincipalWsAdapter extends WsAdapter {
  private readonly handshakes: Handshakes;

  constructor(app: INestApplicationContext) {
    super(app);
    this.handshakes = app.get(Handshakes, { strict: false });
  }

  override create(port: number, options: NonNullable<Options> = {}) {
    if ('verifyClient' in options)
      throw new TypeError('A gateway cannot bring its own verifyClient: refuse in handleConnection().');
    return super.create(port, { maxPayload: MAX_MESSAGE, ...options, verifyClient: this.verify });
  }

  /** Where the address makes no sense Nest answers by itself, and nobody hears of a line that breaks: it would end the process. */
  protected override ensureHttpServerExists(port: number, httpServer?: Server): Server | undefined {
    const server = super.ensureHttpServerExists(port, httpServer);
    server?.prependListener('upgrade', (_request, socket) => socket.on('error', () => socket.destroy()));
    return server;
  }

  override bindClientConnect(
    server: WebSocketServer,
    callback: (client: WebSocket, request: IncomingMessage) => void,
  ): void {
    super.bindClientConnect(server, (client: WebSocket, request: IncomingMessage) => {
      const end = () => client.close(SESSION_ENDED, 'unauthenticated');
      this.handshakes.opened(client, request, end);
      client.once('close', () => this.handshakes.closed(client));
      this.handshakes.within(client, () => callback(client, request));
    });
  }

  override bindMessageHandlers(client: WebSocket, handlers: Bind[1], transform: Bind[2]): void {
    super.bindMessageHandlers(client, entering(this.handshakes, client, handlers), transform);
  }

  private readonly verify = (
    { req }: { req: IncomingMessage },
    answer: (admitted: boolean, status?: number, body?: string, headers?: Record<string, string>) => void,
  ): void => {
    this.handshakes.admit(req).then(
      () => answer(true),
      (error: unknown) => {
        const problem = toProblem(error);
        const { status, options } = problem;
        const body = JSON.stringify(problemBody(problem, requestIdOf(req)));
        answer(false, status in STATUS_CODES ? status : 403, body, {
          'Content-Type': 'application/problem+json',
          ...options.headers,
        });
      },
    );
  };
}
