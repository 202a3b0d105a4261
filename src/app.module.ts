import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { LoggerModule } from 'nestjs-pino';
import { AdministrationModule } from './administration/administration.module.js';
import { AuthModule } from './auth/index.js';
import { loggerOptions } from './common/logger.js';
import { ProblemFilter } from './common/problem.filter.js';
import { ConfigModule } from './config/config.module.js';
import { Config, readConfig } from './config/config.js';
import { withEnvFile } from './config/process-environment.js';
import { HealthModule } from './health/health.module.js';
import { InvoicesModule } from './invoices/invoices.module.js';
import { OperationsModule } from './operations/operations.module.js';
import { PagesModule } from './pages/pages.module.js';
import { WebhooksModule } from './webhooks/webhooks.module.js';

/** The service. A team adds its module to the list of features; everything else stays as it is. */
@Module({})
export class AppModule {
  /**
   * `env` replaces the process's environment and its `.env` file, for tests.
   * @throws {ConfigError} at once, before anything else is made
   */
  static forRoot(
    env?: Readonly<Record<string, string | undefined>>,
    features: readonly Type[] = [],
  ): DynamicModule {
    return {
      module: AppModule,
      imports: [
        AuthModule.forRoot(readConfig(env ?? withEnvFile())),
        LoggerModule.forRootAsync({
          imports: [ConfigModule],
          inject: [Config],
          useFactory: (config: Config) => loggerOptions(config.logLevel),
        }),
        AdministrationModule,
        HealthModule,
        OperationsModule,
        PagesModule,
        WebhooksModule,
        InvoicesModule,
        ...features,
      ],
      providers: [{ provide: APP_FILTER, useClass: ProblemFilter }],
    };
  }
}
