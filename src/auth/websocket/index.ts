import type { INestApplication } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { GATEWAY_METADATA } from '@nestjs/websockets/constants.js';
import { EXCEPTION_FILTERS_METADATA } from '@nestjs/common/constants.js';
import { SocketProblemFilter } from './socket-problem.filter.js';

const problems = new SocketProblemFilter();

/**
 * Puts the guard before the application's gateways. A handshake needs a credential: the session cookie, from a page of our
 * own or of a listed origin, or an `Authorization` header. Handlers of messages take the same decorators as routes, and the
 * socket is closed when the session ends. To be called before `init()` or `listen()`. It does not let in anybody unknown,
 * whatever decorator a gateway has.
 *
 * @example
 * ```ts
 * await useWebSockets(app, 'ws');
 * ```
 * @param library whose package (`@nestjs/platform-ws` or `@nestjs/platform-socket.io`) is installed
 */
export async function useWebSockets(app: INestApplication, library: 'ws' | 'socket.io'): Promise<void> {
  answerWithProblems(app);
  if (library === 'ws') {
    const { PrincipalWsAdapter } = await import('./ws.adapter.js');
    app.useWebSocketAdapter(new PrincipalWsAdapter(app));
  } else {
    const { PrincipalIoAdapter } = await import('./socket-io.adapter.js');
    app.useWebSocketAdapter(new PrincipalIoAdapter(app));
  }
}

/** Nest asks the filters of the application for routes alone: each gateway gets this one, behind its own. */
function answerWithProblems(app: INestApplication): void {
  for (const { providers } of app.get(ModulesContainer).values()) {
    for (const { metatype } of providers.values()) {
      if (typeof metatype !== 'function' || !Reflect.hasMetadata(GATEWAY_METADATA, metatype)) continue;
      const own = (Reflect.getMetadata(EXCEPTION_FILTERS_METADATA, metatype) ?? []) as unknown[];
      if (own.includes(problems)) continue;
      Reflect.defineMetadata(EXCEPTION_FILTERS_METADATA, [problems, ...own], metatype);
    }
  }
}
