import type {
  CorsOptions,
  CorsOptionsDelegate,
} from '@nestjs/common/interfaces/external/cors-options.interface.js';
import type { IncomingMessage } from 'node:http';

const ANSWERED: CorsOptions = {
  credentials: true,
  methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
  exposedHeaders: ['X-Request-Id', 'Retry-After', 'WWW-Authenticate'],
  maxAge: 600,
};

/**
 * Lets pages of the listed origins read what they are answered (Fetch standard, section 3.2). Whether they may ask at all is not
 * decided here. To any other origin nothing is said, and its preflights find no route.
 */
export function readableBy(origins: readonly string[]): CorsOptionsDelegate<IncomingMessage> {
  return ({ headers: { origin } }, callback) => {
    const isListed = origin !== undefined && origins.includes(origin);
    callback(null, isListed ? { ...ANSWERED, origin } : { origin: false });
  };
}
