import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Config, ConfigError } from '../config/config.js';
import { CONTENT_TYPE, Exposition } from './exposition.js';

/** `/metrics` on a port of its own, which a firewall can keep for Prometheus. It knows no other address. */
@Injectable()
export class MetricsListener implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly server = createServer((request, response) => void this.answer(request, response));

  constructor(
    private readonly exposition: Exposition,
    private readonly config: Config,
  ) {}

  /** @throws {ConfigError} where somebody else has the port */
  async onApplicationBootstrap(): Promise<void> {
    const { metricsPort } = this.config;
    if (metricsPort === null) return;
    this.server.listen(metricsPort);
    try {
      await once(this.server, 'listening');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      throw new ConfigError([
        `METRICS_PORT names a port that is taken (${metricsPort}): set it to a free one`,
      ]);
    }
  }

  /** Late, so that the end of what is under way can be watched. */
  onApplicationShutdown(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async answer({ method, url }: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('X-Request-Id', randomUUID());
    const isRead = method === 'GET' || method === 'HEAD';
    if (!isRead || url?.split('?')[0] !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    try {
      const text = await this.exposition.text();
      response.writeHead(200, { 'Content-Type': CONTENT_TYPE }).end(text);
    } catch {
      // Only where the application is on its way out.
      response.writeHead(503).end();
    }
  }
}
