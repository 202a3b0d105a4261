import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NextFunction, Request, Response } from 'express';
import { Logger } from 'nestjs-pino';
import { AppModule } from './app.module.js';
import { bodyRules } from './common/body-rules.js';
import { Draining } from './common/draining.js';
import { ProblemError } from './common/problem-error.js';
import { requestId } from './common/request-origin.js';
import { Config } from './config/config.js';
import { pagesFolder } from './pages/pages-folder.js';
import { useRawBodies } from './webhooks/raw-body.js';

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
  const config = app.get(Config);
  app.set('trust proxy', config.trustProxy);
  app.use(requestId);
  app.use(noStore);
  app.use(refuseWhile(app.get(Draining, { strict: false })));
  app.useSecurityHeaders(securityHeaders(config));
  app.useStaticAssets(`${pagesFolder()}/assets`, {
    prefix: '/assets/',
    index: false,
    setHeaders: keepForever,
  });
  app.useStaticAssets(pagesFolder(), { index: false, redirect: false });
  app.use(bodyRules);
  useRawBodies(app);
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

/** The default for every answer: nothing of it is kept, and no shared cache mixes up two people (CVE-2025-64762). */
function noStore(_request: Request, response: Response, next: NextFunction): void {
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Vary', 'Cookie');
  next();
}

/** Names of the files under `/assets` hold a hash of their content. */
function keepForever(response: {
  setHeader(name: string, value: string): unknown;
  removeHeader(name: string): void;
}): void {
  response.setHeader('Cache-Control', 'public, max-age=31536000, immutable');
  response.removeHeader('Vary');
}

function securityHeaders({ appUrl, workos }: Config) {
  const https = appUrl.startsWith('https:');
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': "'none'",
        'script-src': "'self'",
        'style-src': "'self'",
        'img-src': "'self'",
        'connect-src': "'self'",
        'base-uri': "'none'",
        'frame-ancestors': "'none'",
        // A form's redirects count too: from here over WorkOS to whatever identity provider the company has.
        'form-action': [
          "'self'",
          'https:',
          ...(https ? [] : [new URL(workos.apiUrl).origin, 'http://localhost:*', 'http://127.0.0.1:*']),
        ],
      },
    },
    // Pages of ours only: `no-referrer` would make browsers send `Origin: null` with our own forms.
    referrerPolicy: { policy: 'same-origin' as const },
    strictTransportSecurity: https ? { maxAge: 31_536_000, includeSubDomains: true } : false,
    xFrameOptions: { action: 'deny' as const },
  };
}
