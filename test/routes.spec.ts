import { describe, expect, it } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppModule } from '../src/app.module.js';
import { printRoutes } from '../src/auth/routes/print-routes.js';
import { routeTable } from '../src/auth/routes/route-table.js';
import { configTable, envExample } from '../src/config/config.docs.js';

const root = join(import.meta.dirname, '..');
const read = (name: string) => readFileSync(join(root, name), 'utf8');

describe('what is written down', () => {
  it('lists every route with its access in docs/routes.txt (npm run routes -- --write)', async () => {
    const env = {
      WORKOS_API_KEY: 'sk_sandbox_gatehouse_not_a_secret',
      WORKOS_CLIENT_ID: 'client_01HGATEH0VSESANDB0XAPP0001',
      DATABASE_URL: 'postgres://localhost/nowhere',
      SESSION_KEYS: randomBytes(32).toString('base64'),
    };
    const app = await NestFactory.create(await AppModule.forRoot(env), {
      logger: false,
      abortOnError: false,
    });
    expect(printRoutes(routeTable(app))).toBe(read('docs/routes.txt'));
  });

  it('has every variable in .env.example and in the README (npm run docs:config)', () => {
    expect(read('.env.example')).toBe(envExample());
    expect(read('README.md')).toContain(configTable());
  });
});
