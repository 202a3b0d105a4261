import { AuthModule } from '@thallesp/nestjs-better-auth';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import pg from 'pg';
import { createRoute } from './route.mjs';

/**
 * better-auth's Nest adapter over PostgreSQL. `cached`: with its cookie cache, which spares the database for five minutes
 * and lets a revoked session live on for as long.
 */
export async function start({ databaseUrl, mode }) {
  const options = {
    database: new pg.Pool({ connectionString: databaseUrl, max: 10 }),
    baseURL: 'http://127.0.0.1',
    secret: 'a-secret-of-the-bench-that-is-long-enough',
    emailAndPassword: { enabled: true },
    rateLimit: { enabled: false },
    logger: { level: 'error' },
    session: { cookieCache: { enabled: mode === 'cached', maxAge: 300 } },
    telemetry: { enabled: false },
  };
  const { runMigrations } = await getMigrations(options);
  await runMigrations();
  const auth = betterAuth(options);
  const { headers } = await auth.api.signUpEmail({
    body: { email: `${crypto.randomUUID()}@example.com`, password: crypto.randomUUID(), name: 'Ada' },
    returnHeaders: true,
  });
  const app = await createRoute({ imports: [AuthModule.forRoot({ auth })] }, { bodyParser: false });
  const cookies = headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
  return { app, headers: { Cookie: cookies.join('; ') } };
}
