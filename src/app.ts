import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NextFunction, Request, Response } from 'express';
import { Logger } from 'nestjs-pino';
import { AppModule } from './app.module.js';
import { bodyRules } from './common/body-rules.js';
import { Draining } from './common/draining.js';
import { readableBy } from './common/listed-origins.js';
import { ProblemError } from './common/problem-error.js';
import { Config } from './config/config.js';
import { usePages } from './pages/use-pages.js';
import { useGatehouse } from './use-gatehouse.js';

/**
 * The service, ready to listen: the same for production and for tests.
 * @param env replaces the process's environment and its `.env` file
 * @param features modules beside those of the service
 * @throws {ConfigError} where the environment is not usable
 */
export async function createApp(
  env?: Readonly<Record<string, string | undefined>>,
  features: readonly Type[] = [],
): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(await AppModule.forRoot(env, features), {
    abortOnError: false,
    bufferLogs: true,
    bodyParser: false,
    routeConflictPolicy: { duplicate: 'error' },
  });
  app.useLogger(app.get(Logger));
  useGatehouse(app);
  const { trustedOrigins } = app.get(Config);
  if (trustedOrigins.length > 0) app.enableCors(readableBy(trustedOrigins));
  app.use(refuseWhile(app.get(Draining, { strict: false })));
  usePages(app);
  app.use(bodyRules);
  app.useBodyParser('json', { limit: '100kb' });
  app.useBodyParser('urlencoded', { limit: '100kb', extended: false });
  app.enableShutdownHooks(['SIGTERM', 'SIGINT'], { useProcessExit: true });
  return app;
}

/** A new request on an open connection is another node's: nothing of it is done here. */
function refuseWhile(draining: Draining) {
  return (request: Request, response: Response, next: NextFunction): void => {
    if (!draining.isClosing || request.path.startsWith('/health/')) {
      next();
      return;
    }
    response.setHeader('Connection', 'close');
    next(new ProblemError('shutting_down'));
  };
}
