import { Module, type INestApplication, type ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from '../../src/app.module.js';
import { AuthModule } from '../../src/auth/index.js';
import { useRawBodies } from '../../src/webhooks/raw-body.js';
import { freePort } from './free-port.js';
import type { Stack } from './stack.js';

export interface Extended {
  readonly app: INestApplication;
  readonly url: string;
}

/** One more node of the stack's service, with what a team added to it. */
export async function extend(
  { env, url: appUrl }: Stack,
  added: ModuleMetadata,
  prepare: (app: INestApplication) => Promise<void> = async () => undefined,
): Promise<Extended> {
  @Module({ ...added, imports: [AuthModule, ...(added.imports ?? [])] })
  class Added {}
  class Root {}
  const port = await freePort();
  const service = await AppModule.forRoot({ ...env, APP_URL: appUrl, PORT: String(port) });
  const root = { module: Root, imports: [service, Added] };
  const options = { logger: false, abortOnError: false, bodyParser: false } as const;
  const app = await NestFactory.create<NestExpressApplication>(root, options);
  useRawBodies(app);
  app.useBodyParser('json');
  await prepare(app);
  await app.listen(port, '127.0.0.1');
  return { app, url: `http://localhost:${port}` };
}
