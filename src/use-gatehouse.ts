import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import { requestId } from './common/request-origin.js';
import { securityHeaders } from './common/security-headers.js';
import { answerUnreadable, requireHost } from './common/unreadable-requests.js';
import { Config } from './config/config.js';
import { useRawBodies } from './webhooks/raw-body.js';

/**
 * What Gatehouse needs of the server around it. Call it right after the application is made, before body parsers of your
 * own; Nest's own parsers stay as they are. What is set here for every answer (request id, `Cache-Control`, security
 * headers) may be set otherwise afterwards, by `app.useSecurityHeaders()` or by a route.
 *
 * @example
 * const app = await NestFactory.create<NestExpressApplication>(AppModule);
 * useGatehouse(app);
 */
export function useGatehouse(app: NestExpressApplication): void {
  const { appUrl, trustProxy, workos } = app.get(Config, { strict: false });
  // An application may have its own word on its proxies.
  if (trustProxy > 0) app.set('trust proxy', trustProxy);
  app.use(requestId);
  app.use(noStore);
  app.useSecurityHeaders(securityHeaders(appUrl, workos.apiUrl));
  app.use(requireHost);
  useRawBodies(app);
  answerUnreadable(app.getHttpServer());
}

/** The default for every answer: nothing of it is kept, and no shared cache mixes up two people (CVE-2025-64762). */
function noStore(_request: Request, response: Response, next: NextFunction): void {
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Vary', 'Cookie');
  next();
}
