import { APP_GUARD } from '@nestjs/core';
import { createRoute } from './route.mjs';

/**
 * Checks nothing and answers one turn of the event loop later: it does more than the bare route, and must cost more.
 * Where it seems to cost less, the run does not measure what the server does.
 */
const deferring = { canActivate: () => new Promise((resolve) => setImmediate(resolve, true)) };

export async function start() {
  const app = await createRoute({ providers: [{ provide: APP_GUARD, useValue: deferring }] });
  return { app, headers: { Cookie: `session=${'x'.repeat(43)}` } };
}
