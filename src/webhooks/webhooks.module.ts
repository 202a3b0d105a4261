import { Logger, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ConfigModule } from '../config/config.module.js';
import { Config } from '../config/config.js';
import { EventsModule } from '../events/index.js';
import { hasRawBodies } from './raw-body.js';
import { WorkosWebhookController } from './workos-webhook.controller.js';

/**
 * The address that WorkOS calls. It checks who calls and stores what is told; what follows from it is the business of
 * `src/events`. It owns how the bytes of that address are read, and refuses to start where they were not kept.
 */
@Module({ imports: [ConfigModule, EventsModule], controllers: [WorkosWebhookController] })
export class WebhooksModule implements OnApplicationBootstrap {
  constructor(
    private readonly config: Config,
    private readonly host: HttpAdapterHost,
  ) {}

  onApplicationBootstrap(): void {
    // A command line's application context has no server at all, whatever the type says.
    const adapter = this.host.httpAdapter as typeof this.host.httpAdapter | null;
    const server = adapter?.getInstance() as object | undefined;
    if (server && !hasRawBodies(server)) {
      throw new Error(
        'POST /webhooks/workos needs the raw body: call useGatehouse(app) before other parsers.',
      );
    }
    if (this.config.workos.webhookSecrets.length === 0) {
      new Logger('Webhooks').warn('WORKOS_WEBHOOK_SECRET is not set: changes arrive by the Events API alone');
    }
  }
}
