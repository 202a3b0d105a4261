import type { NestExpressApplication } from '@nestjs/platform-express';
import { ApplicationConfig, ModulesContainer, Reflector } from '@nestjs/core';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { routesOf } from '../auth/index.js';
import { markRawBodies } from '../common/raw-bodies.js';
import { addressPattern } from './address-pattern.js';

type WebhookRequest = IncomingMessage & { originalUrl?: string; rawBody?: Buffer };

/**
 * Call before any other body parser. Bodies that come to a `@Webhook()` are handed on as the bytes that came: a signature is
 * over bytes, not over what they mean. Up to 1 MiB, never unpacked: a compressed body is not what was signed, and a small one
 * may unpack to a large one.
 */
export function useRawBodies(app: NestExpressApplication): void {
  const addresses = routesOf(app.get(ModulesContainer), app.get(Reflector), app.get(ApplicationConfig))
    .filter(({ isWebhook }) => isWebhook)
    .map(({ path }) => addressPattern(path));
  const options = {
    limit: '1mb',
    inflate: false,
    type: (request: WebhookRequest) => {
      const address = request.originalUrl ?? request.url ?? '';
      return addresses.some((pattern) => pattern.test(address));
    },
    // Where Nest's own `@RawBody()` looks for it.
    verify: (request: WebhookRequest, _response: ServerResponse, body: Buffer) => {
      request.rawBody = body;
    },
  };
  app.useBodyParser('raw', options);
  markRawBodies(app.getHttpAdapter().getInstance());
}
