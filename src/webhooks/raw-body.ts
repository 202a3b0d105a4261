import type { NestExpressApplication } from '@nestjs/platform-express';
import type { IncomingMessage } from 'node:http';

/** The one address whose body is handed on as the bytes that came: a signature is over bytes, not over what they mean. */
const RAW = /^\/webhooks\/workos\/?(?:\?|$)/i;
const prepared = new WeakSet<object>();

/**
 * Call before any other body parser. Up to 1 MiB, never unpacked: a compressed body is not what was signed, and a small
 * one may unpack to a large one.
 */
export function useRawBodies(app: NestExpressApplication): void {
  app.useBodyParser('raw', { limit: '1mb', inflate: false, type: isRaw });
  prepared.add(app.getHttpAdapter().getInstance());
}

/** Whether the server was told to leave the bytes as they are. */
export function hasRawBodies(server: object): boolean {
  return prepared.has(server);
}

function isRaw(request: IncomingMessage & { originalUrl?: string }): boolean {
  return RAW.test(request.originalUrl ?? request.url ?? '');
}
