import { Catch, Logger, type ArgumentsHost } from '@nestjs/common';
import { BaseWsExceptionFilter, WsException } from '@nestjs/websockets';
import { problemBody } from '../../common/problem-body.js';
import { toProblem } from '../../common/problem.filter.js';
import { requestIdOf } from '../../common/request-origin.js';
import { handshakeOf } from '../access/socket-call.js';

type Client = Parameters<BaseWsExceptionFilter['handleError']>[0];

/** Answers a message that failed with an `exception` that holds the problem. Nothing of the cause ever leaves. */
@Catch()
export class SocketProblemFilter extends BaseWsExceptionFilter {
  private readonly logger = new Logger('Problem');

  override catch(error: unknown, host: ArgumentsHost): void {
    const socket = host.switchToWs();
    const client = socket.getClient<Client>();
    const said = { pattern: socket.getPattern(), data: socket.getData<unknown>() };
    this.handleError(client, error instanceof WsException ? error : this.problemOf(error, client), said);
  }

  private problemOf(error: unknown, client: object): WsException {
    const problem = toProblem(error);
    const id = requestIdOf(handshakeOf(client) ?? {});
    if (problem.status >= 500)
      this.logger.error({ err: problem.options.cause ?? error, code: problem.code, requestId: id });
    return new WsException(problemBody(problem, id));
  }
}
