import { randomBytes } from 'node:crypto';
import { AuthModule } from '../../dist/src/auth/auth.module.js';
import { CredentialReader } from '../../dist/src/auth/credentials/passport.provider.js';
import { SessionGuard } from '../../dist/src/auth/access/session.guard.js';
import { readConfig } from '../../dist/src/config/config.js';
import { SessionCache } from '../../dist/src/sessions/session-cache.js';
import { SessionStore } from '../../dist/src/sessions/session-store.port.js';
import { insertSession } from '../sessions/sample.mjs';
import { createRoute } from './route.mjs';
import { watchChecks } from './watched-guard.mjs';

/** What the service reads from its environment. */
export function serviceEnv({ sandbox, databaseUrl, redisUrl }) {
  return {
    NODE_ENV: 'test',
    APP_URL: 'http://localhost:3000',
    WORKOS_API_KEY: sandbox.apiKey,
    WORKOS_CLIENT_ID: sandbox.clientId,
    WORKOS_API_URL: sandbox.url,
    SESSION_KEYS: randomBytes(32).toString('base64'),
    DATABASE_URL: databaseUrl,
    ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
    LOG_LEVEL: 'error',
    // The upstream of these runs knows nobody: a reconciliation would sign everybody out.
    EVENTS_INTERVAL: '0',
  };
}

const MODES = {
  /** As it is: the session is in the node's memory. */
  hit: () => undefined,
  /** The node remembers nothing: every request asks the store. */
  miss: (app) => {
    app.get(SessionCache, { strict: false }).peek = () => undefined;
  },
  /** The session is in memory, but every request goes through Passport. */
  passport: (app) => {
    app.get(CredentialReader, { strict: false }).recognize = () => undefined;
  },
  /** The check is timed; its figures are not comparable with those of the other modes. */
  watched: (app) => watchChecks(app.get(SessionGuard, { strict: false })),
};

/** The module that a team imports, before the same route, without the rest of the service. */
export async function start(context) {
  const app = await createRoute({ imports: [AuthModule.forRoot(readConfig(serviceEnv(context)))] });
  await app.init();
  const { token } = await insertSession(app.get(SessionStore, { strict: false }));
  return { app, headers: { Cookie: `session=${token}` }, handlers: MODES[context.mode](app) };
}
