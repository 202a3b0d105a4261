import { RedisStore } from 'connect-redis';
import session from 'express-session';
import { APP_GUARD } from '@nestjs/core';
import { createClient } from 'redis';
import { createRoute } from './route.mjs';
import { sampleRecord } from '../sessions/sample.mjs';

const guard = {
  canActivate: (execution) => execution.switchToHttp().getRequest().session.user !== undefined,
};

/** express-session over its Redis store, as its documentation sets it up for production. */
export async function start({ redisUrl }) {
  const client = await createClient({ url: redisUrl }).connect();
  const app = await createRoute({ providers: [{ provide: APP_GUARD, useValue: guard }] });
  const store = new RedisStore({ client, prefix: 'bench:' });
  app.use(session({ store, secret: 'the-secret-of-the-bench', resave: false, saveUninitialized: false }));
  const { user, organization, roles, permissions } = sampleRecord();
  app.use('/sign-in', (request, response) => {
    Object.assign(request.session, { user, organization, roles, permissions });
    response.end();
  });
  return { app, signIn: (origin) => cookieFrom(`${origin}/sign-in`) };
}

async function cookieFrom(url) {
  const response = await fetch(url);
  return { Cookie: response.headers.getSetCookie()[0].split(';')[0] };
}
