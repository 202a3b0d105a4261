import { Logger, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { ConfigModule } from '../config/config.module.js';
import { Config } from '../config/config.js';
import { EventsModule } from '../events/index.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { WorkosWebhookController } from './workos-webhook.controller.js';

/**
 * The address that WorkOS calls. It checks who calls and stores what is told; what follows from it is the business of
 * `src/events`. It owns how the bytes of webhooks are read; the audit of routes refuses to start where they are not kept.
 */
@Module({
  imports: [AuditModule, ConfigModule, EventsModule, MetricsModule],
  controllers: [WorkosWebhookController],
})
export class WebhooksModule implements OnApplicationBootstrap {
  constructor(private readonly config: Config) {}

  onApplicationBootstrap(): void {
    if (this.config.workos.webhookSecrets.length === 0) {
      new Logger('Webhooks').warn('WORKOS_WEBHOOK_SECRET is not set: changes arrive by the Events API alone');
    }
  }
}
