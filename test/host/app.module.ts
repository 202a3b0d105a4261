import { Module } from '@nestjs/common';
import { AuthModule, WebhooksModule } from 'gatehouse';
import { ReportsController } from './reports.controller.js';
import { Secrets, SecretsModule } from './secrets.module.js';

const auth = AuthModule.forRootAsync({
  imports: [SecretsModule],
  inject: [Secrets],
  useFactory: (secrets: Secrets) => secrets.gatehouse(),
});

@Module({ imports: [auth, WebhooksModule], controllers: [ReportsController] })
export class AppModule {}
