// Prints every route with its access. `--write` keeps the list in docs/routes.txt, which a test compares.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NestFactory } from '@nestjs/core';
import { AppModule } from '../dist/src/app.module.js';
import { printRoutes } from '../dist/src/auth/routes/print-routes.js';
import { routeTable } from '../dist/src/auth/routes/route-table.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
// Nothing is called: the values only have to be well-formed. No database is opened before the first query.
const env = {
  WORKOS_API_KEY: 'sk_sandbox_gatehouse_not_a_secret',
  WORKOS_CLIENT_ID: 'client_01HGATEH0VSESANDB0XAPP0001',
  DATABASE_URL: 'postgres://localhost/nowhere',
  SESSION_KEYS: Buffer.from(Array.from({ length: 32 }, (_, index) => index * 7)).toString('base64'),
  LOG_LEVEL: 'silent',
};
const app = await NestFactory.create(await AppModule.forRoot(env), {
  logger: false,
  preview: false,
  abortOnError: false,
});
const text = printRoutes(routeTable(app));
if (process.argv.includes('--write')) writeFileSync(join(root, 'docs/routes.txt'), text);
process.stdout.write(text);
