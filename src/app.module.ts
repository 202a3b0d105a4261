import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { StandardSchemaValidationPipe } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { AdministrationModule } from './administration/administration.module.js';
import { AuthModule } from './auth/index.js';
import { invalidRequest } from './common/invalid-request.js';
import { loggerOptions } from './common/logger.js';
import { ProblemFilter } from './common/problem.filter.js';
import { ConfigModule } from './config/config.module.js';
import { Config } from './config/config.js';
import { HealthModule } from './health/health.module.js';
import { InvoicesModule } from './invoices/invoices.module.js';
import { OpenapiModule } from './openapi/openapi.module.js';
import { OperationsModule } from './operations/operations.module.js';
import { PagesModule } from './pages/pages.module.js';
import { WebhooksModule } from './webhooks/webhooks.module.js';

/** The service. A team adds its module to the list of features; everything else stays as it is. */
@Module({})
export class AppModule {
  /** `env` replaces the process's environment and its `.env` file, for tests. */
  static async forRoot(
    env?: Readonly<Record<string, string | undefined>>,
    features: readonly Type[] = [],
  ): Promise<DynamicModule> {
    return {
      module: AppModule,
      imports: [
        await ConfigModule.forRoot(env),
        LoggerModule.forRootAsync({
          imports: [ConfigModule],
          inject: [Config],
          useFactory: (config: Config) => loggerOptions(config.logLevel),
        }),
        AuthModule,
        AdministrationModule,
        HealthModule,
        OpenapiModule,
        OperationsModule,
        PagesModule,
        WebhooksModule,
        InvoicesModule,
        ...features,
      ],
      providers: [
        { provide: APP_FILTER, useClass: ProblemFilter },
        {
          provide: APP_PIPE,
          useValue: new StandardSchemaValidationPipe({ exceptionFactory: invalidRequest }),
        },
      ],
    };
  }
}
