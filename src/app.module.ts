import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { ConfigModule as EnvironmentModule } from '@nestjs/config';
import { APP_FILTER } from '@nestjs/core';
import { LoggerModule } from 'nestjs-pino';
import { AdministrationModule } from './administration/administration.module.js';
import { AuthModule } from './auth/index.js';
import { loggerOptions } from './common/logger.js';
import { ProblemFilter } from './common/problem.filter.js';
import { ConfigModule } from './config/config.module.js';
import { Config, readConfig } from './config/config.js';
import { processEnvironment } from './config/process-environment.js';
import { HealthModule } from './health/health.module.js';
import { InvoicesModule } from './invoices/invoices.module.js';
import { OpenapiModule } from './openapi/openapi.module.js';
import { OperationsModule } from './operations/operations.module.js';
import { PagesModule } from './pages/pages.module.js';
import { PrometheusModule } from './prometheus/prometheus.module.js';
import { WebhooksModule } from './webhooks/webhooks.module.js';

/** The service. A team adds its module to the list of features; everything else stays as it is. */
@Module({})
export class AppModule {
  /**
   * `env` replaces the process's environment and its `.env` file, for tests.
   * @throws {ConfigError} at once, before anything else is made
   */
  static async forRoot(
    env?: Readonly<Record<string, string | undefined>>,
    features: readonly Type[] = [],
  ): Promise<DynamicModule> {
    // Reads `.env` into the environment, and gives modules of other teams a `ConfigService` over it.
    const environment = await EnvironmentModule.forRoot({ ignoreEnvFile: env !== undefined });
    return {
      module: AppModule,
      imports: [
        environment,
        AuthModule.forRoot(readConfig(env ?? processEnvironment())),
        LoggerModule.forRootAsync({
          imports: [ConfigModule],
          inject: [Config],
          useFactory: (config: Config) => loggerOptions(config.logLevel),
        }),
        AdministrationModule,
        HealthModule,
        OpenapiModule,
        OperationsModule,
        PagesModule,
        PrometheusModule,
        WebhooksModule,
        InvoicesModule,
        ...features,
      ],
      providers: [{ provide: APP_FILTER, useClass: ProblemFilter }],
    };
  }
}
