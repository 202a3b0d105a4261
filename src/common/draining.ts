import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Server } from 'node:http';

/**
 * Milliseconds after which connections are closed whatever they do: longer than any answer takes. A browser opens
 * connections ahead of need, and one that never carried a request would otherwise keep the process for a minute.
 */
const PATIENCE = 12_000;

/** Whether the process is on its way out: what is under way is finished, and nothing new is begun. */
@Injectable()
export class Draining implements BeforeApplicationShutdown {
  private closing = false;

  constructor(private readonly host: HttpAdapterHost) {}

  get isClosing(): boolean {
    return this.closing;
  }

  beforeApplicationShutdown(): void {
    this.closing = true;
    // A command line's application context has no server at all, whatever the type says.
    const adapter = this.host.httpAdapter as typeof this.host.httpAdapter | null;
    const server = adapter?.getHttpServer() as Server | undefined;
    if (server) setTimeout(() => server.closeAllConnections(), PATIENCE).unref();
  }
}
