import type { Params } from 'nestjs-pino';
import { requestIdOf } from './request-origin.js';
import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * One JSON line for each request, with the path but never the query: codes and states stand there. Headers are not
 * logged at all, so that no cookie or token can be.
 */
export function loggerOptions(level: string): Params {
  return {
    pinoHttp: {
      level,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      genReqId: (request) => requestIdOf(request),
      customProps: (request) => ({ requestId: requestIdOf(request) }),
      quietReqLogger: true,
      serializers: {
        req: (request: IncomingMessage & { url?: string }) => ({
          method: request.method,
          path: request.url?.split('?')[0],
        }),
        res: (response: ServerResponse) => ({ status: response.statusCode }),
      },
      // Asked every few seconds, for ever.
      autoLogging: { ignore: ({ url }) => /^\/(?:health\/|metrics$)/.test(url ?? '') },
    },
  };
}
