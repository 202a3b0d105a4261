// Writes the OpenAPI document and the types of the client that are made from it. A test compares both.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NestFactory } from '@nestjs/core';
import { AppModule } from '../dist/src/app.module.js';
import { OpenapiService } from '../dist/src/openapi/openapi.service.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
// Nothing is called: the values only have to be well-formed. An https address, as in production: the cookie is named by it.
const env = {
  APP_URL: 'https://gatehouse.example',
  WORKOS_API_KEY: 'sk_sandbox_gatehouse_not_a_secret',
  WORKOS_CLIENT_ID: 'client_01HGATEH0VSESANDB0XAPP0001',
  DATABASE_URL: 'postgres://localhost/nowhere',
  SESSION_KEYS: Buffer.from(Array.from({ length: 32 }, (_, index) => index * 7)).toString('base64'),
  LOG_LEVEL: 'silent',
};
const app = await NestFactory.create(await AppModule.forRoot(env), { logger: false, abortOnError: false });
const document = app.get(OpenapiService, { strict: false }).document();
writeFileSync(join(root, 'docs/openapi.json'), `${JSON.stringify(document, null, 2)}\n`);

const generator = join(root, 'node_modules/openapi-typescript/bin/cli.js');
const { status } = spawnSync(process.execPath, [generator, 'docs/openapi.json', '-o', 'client/schema.ts'], {
  cwd: root,
  stdio: 'inherit',
});
process.exit(status ?? 1);
