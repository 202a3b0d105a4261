import type { DynamicModule, ModuleMetadata, Type } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import { AuthModule } from '../auth/index.js';
import { CredentialReader } from '../auth/credentials/passport.provider.js';
import { bodyRules } from '../common/body-rules.js';
import { Clock } from '../common/clock.js';
import { ProblemFilter } from '../common/problem.filter.js';
import { Random } from '../common/random.js';
import { readConfig } from '../config/config.js';
import { useGatehouse } from '../use-gatehouse.js';
import { MemoryCredentialReader } from './memory.credential-reader.js';
import { createTestDatabase } from './test-database.js';
import { testDefaults, type TestDefaults } from './test-defaults.js';
import { testEnvironment } from './test-environment.js';

/** Listens on a port of its own; `close()` also drops its database. */
export type TestApp = NestExpressApplication;

/** A module, or what one would hold. */
export type Feature = Type | DynamicModule | ModuleMetadata;

export interface TestAppOptions extends TestDefaults {
  readonly clock?: Clock;
  readonly random?: Random;
  /** Settings of the service that are not those of every test. */
  readonly env?: Readonly<Record<string, string>>;
  /** Replaces other providers: `(builder) => builder.overrideProvider(Mailer).useValue(outbox)`. */
  readonly override?: (builder: TestingModuleBuilder) => TestingModuleBuilder;
}

/**
 * The service with the module under test in it, on a real PostgreSQL with every migration, and without WorkOS: who calls is
 * what `signInAs`, `asMachine` and `asApiKey` say. Everything else runs as it does in production. Not for a module that
 * itself imports `AuthModule.forRoot`: see `overrideAuth`.
 *
 * @example
 * ```ts
 * const app = await createTestApp(InvoicesModule);
 * const ada = await signInAs(app, { organization: 'org_acme', permissions: ['invoices:read'] });
 * await ada.get('/v1/invoices').expect(200);
 * await app.close();
 * ```
 */
export async function createTestApp(feature: Feature, options: TestAppOptions = {}): Promise<TestApp> {
  const database = await createTestDatabase(options.postgresUrl ?? testDefaults().postgresUrl);
  try {
    const app = await start(feature, options, database.url);
    const close = app.close.bind(app);
    app.close = async () => {
      try {
        await close();
      } finally {
        await database.drop();
      }
    };
    return app;
  } catch (error) {
    await database.drop();
    throw error;
  }
}

async function start(feature: Feature, options: TestAppOptions, databaseUrl: string): Promise<TestApp> {
  const { clock, random, env, override = (builder) => builder } = options;
  let builder = Test.createTestingModule({
    imports: [
      AuthModule.forRoot(readConfig({ ...testEnvironment(), DATABASE_URL: databaseUrl, ...env })),
      asModule(feature),
    ],
    providers: [{ provide: APP_FILTER, useClass: ProblemFilter }],
  });
  builder.overrideProvider(CredentialReader).useClass(MemoryCredentialReader);
  if (clock) builder.overrideProvider(Clock).useValue(clock);
  if (random) builder.overrideProvider(Random).useValue(random);
  builder = override(builder);
  const module = await builder.compile();
  const app = module.createNestApplication<TestApp>({ bodyParser: false, logger: ['error', 'fatal'] });
  useGatehouse(app);
  app.use(bodyRules);
  app.useBodyParser('json', { limit: '100kb' });
  app.useBodyParser('urlencoded', { limit: '100kb', extended: false });
  // Requests may run side by side: none of them may be the one that stops the server.
  try {
    await app.listen(0, '127.0.0.1');
  } catch (error) {
    await app.close();
    throw error;
  }
  return app;
}

function asModule(feature: Feature): Type | DynamicModule {
  if (typeof feature === 'function' || 'module' in feature) return feature;
  return { module: class FeatureUnderTest {}, ...feature };
}
