import type { INestApplicationContext } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import type { IncomingMessage } from 'node:http';
import type { Server, ServerOptions, Socket } from 'socket.io';
import { problemBody } from '../../common/problem-body.js';
import { ProblemError } from '../../common/problem-error.js';
import { toProblem } from '../../common/problem.filter.js';
import { requestIdOf } from '../../common/request-origin.js';
import { Handshakes } from '../access/handshakes.service.js';
import { entering } from './entering.js';

type Bind = Parameters<IoAdapter['bindMessageHandlers']>;
type Line = Socket['conn'];

/** Socket.IO. It answers every handshake that is refused with 403; the code of the problem is its message. */
export class PrincipalIoAdapter extends IoAdapter {
  private readonly handshakes: Handshakes;

  constructor(app: INestApplicationContext) {
    super(app);
    this.handshakes = app.get(Handshakes, { strict: false });
  }

  override createIOServer(port: number, options: Partial<ServerOptions> = {}): Server {
    if (options.allowRequest)
      throw new TypeError('A gateway cannot bring its own allowRequest: refuse in handleConnection().');
    const server = super.createIOServer(port, {
      ...options,
      allowRequest: this.allow,
    } as ServerOptions);
    // The line stays where its client leaves every namespace, or enters none yet: it must not bring anybody in later.
    server.engine.on('connection', (line: Line) => {
      this.handshakes.opened(line, line.request, () => line.close());
      line.once('close', () => this.handshakes.closed(line));
    });
    return server;
  }

  override bindClientConnect(server: Server, callback: (client: Socket) => void): void {
    super.bindClientConnect(server, (client: Socket) => {
      this.opened(client);
      this.handshakes.within(client, () => callback(client));
    });
  }

  override bindMessageHandlers(client: Socket, handlers: Bind[1], transform: Bind[2]): void {
    super.bindMessageHandlers(client, entering(this.handshakes, client, handlers), transform);
  }

  private opened(client: Socket): void {
    this.handshakes.opened(client, client.request, () => {
      const problem = new ProblemError('unauthenticated');
      client.emit('exception', problemBody(problem, requestIdOf(client.request as { id?: unknown })));
      client.disconnect(true);
    });
    client.once('disconnect', () => this.handshakes.closed(client));
  }

  private readonly allow: NonNullable<ServerOptions['allowRequest']> = (request: IncomingMessage, answer) => {
    this.handshakes.admit(request).then(
      () => answer(null, true),
      (error: unknown) => answer(toProblem(error).code, false),
    );
  };
}
