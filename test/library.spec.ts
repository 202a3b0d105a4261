import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  Controller,
  Get,
  Injectable,
  Module,
  Post,
  VersioningType,
  type DynamicModule,
  type Type,
} from '@nestjs/common';
import { NestFactory, RouterModule } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { randomBytes } from 'node:crypto';
import request from 'supertest';
import {
  AuthModule,
  CurrentUser,
  OrganizationsService,
  Public,
  useGatehouse,
  WebhooksModule,
  type Settings,
} from '../src/index.js';
import { ConfigModule } from '../src/config/config.module.js';
import { Config } from '../src/config/config.js';
import { OrganizationsModule } from '../src/organizations/organizations.module.js';
import { createDatabase, type TestDatabase } from './support/postgres.js';

@Controller('reports')
class ReportsController {
  @Get()
  list(@CurrentUser() user: unknown) {
    return { user };
  }

  @Public()
  @Get('formats')
  formats() {
    return ['pdf'];
  }
}

@Module({ imports: [AuthModule], controllers: [ReportsController] })
class ReportsModule {}

@Controller('news')
class NewsController {
  @Get()
  list() {
    return ['news'];
  }

  @Post()
  add() {
    throw new Error('a mistake of the application');
  }
}

@Module({ controllers: [NewsController] })
class NewsModule {}

describe('AuthModule in the root of an application', () => {
  let database: TestDatabase;
  let settings: Settings;
  const applications: NestExpressApplication[] = [];
  beforeAll(async () => {
    database = await createDatabase();
    settings = {
      workosApiKey: `sk_test_${randomBytes(16).toString('hex')}`,
      workosClientId: 'client_01HGATEH0VSE',
      // Nobody answers there: what is tested here asks WorkOS nothing.
      workosApiUrl: 'http://127.0.0.1:9',
      sessionKeys: randomBytes(32).toString('base64'),
      databaseUrl: database.url,
      eventsInterval: 0,
    };
  });
  afterAll(async () => {
    await Promise.all(applications.map((app) => app.close()));
    await database.drop();
  });

  async function create(imports: (DynamicModule | Type)[]): Promise<NestExpressApplication> {
    class Root {}
    Module({ imports })(Root);
    const options = { logger: false, abortOnError: false } as const;
    const app = await NestFactory.create<NestExpressApplication>(Root, options);
    applications.push(app);
    return app;
  }
  async function start(imports: (DynamicModule | Type)[]) {
    const app = await create(imports);
    useGatehouse(app);
    await app.init();
    return request(app.getHttpServer());
  }

  it('guards every route of every module', async () => {
    const agent = await start([AuthModule.forRoot(settings), ReportsModule, NewsModule]);
    await agent.get('/reports').expect(401).expect('WWW-Authenticate', 'Bearer');
    await agent.get('/news').expect(401);
    await agent.get('/v1/me').expect(401);
    await agent.get('/reports/formats').expect(200).expect('Cache-Control', 'no-store');
  });

  it('leaves the modules alone that do not import it, where the global guard is switched off; never its own', async () => {
    const agent = await start([
      AuthModule.forRoot({ ...settings, disableGlobalGuard: true }),
      ReportsModule,
      NewsModule,
    ]);
    await agent.get('/news').expect(200);
    await agent.get('/reports').expect(401);
    await agent.get('/v1/me').expect(401);
    await agent.get('/v1/sessions').expect(401);
  });

  it('does without the addresses that are switched off', async () => {
    const agent = await start([
      AuthModule.forRoot({ ...settings, disableControllers: ['account', 'breakGlass'] }),
    ]);
    await agent.get('/v1/me').expect(404);
    await agent.get('/auth/break-glass').expect(404);
    await agent.post('/auth/logout').expect(({ status }) => expect(status).not.toBe(404));
  });

  it('checks the bodies and queries of its own addresses in an application that has no pipe for it', async () => {
    const agent = await start([AuthModule.forRoot(settings)]);
    const { body } = await agent.post('/auth/break-glass').send({ code: 7 }).expect(400);
    expect(body).toMatchObject({ code: 'invalid_request', errors: [{ field: 'code' }] });
  });

  it("leaves the application's mistakes to the application", async () => {
    const agent = await start([AuthModule.forRoot({ ...settings, disableGlobalGuard: true }), NewsModule]);
    const { body } = await agent.post('/news').expect(500);
    expect(body).toEqual({ statusCode: 500, message: 'Internal server error' });
  });

  it('is there for every module where it is global', async () => {
    @Injectable()
    class Search {
      constructor(readonly organizations: OrganizationsService) {}
    }
    @Module({ providers: [Search] })
    class SearchModule {}
    const app = await create([AuthModule.forRoot({ ...settings, isGlobal: true }), SearchModule]);
    expect(app.get(Search, { strict: false }).organizations).toBeInstanceOf(OrganizationsService);
  });

  it('takes settings that a provider of the application fetches', async () => {
    class Vault {
      settings = async (): Promise<Settings> => settings;
    }
    @Module({ providers: [Vault], exports: [Vault] })
    class VaultModule {}
    const auth = AuthModule.forRootAsync({
      imports: [VaultModule],
      inject: [Vault],
      useFactory: (vault: Vault) => vault.settings(),
    });
    const app = await create([auth]);
    expect(app.get(Config, { strict: false }).databaseUrl).toBe(database.url);
  });

  it('serves two applications of one process, each with its own settings', async () => {
    const [first, second] = await Promise.all([
      create([AuthModule.forRoot({ ...settings, guests: 'allow' })]),
      create([AuthModule.forRoot({ ...settings, guests: 'deny' })]),
    ]);
    expect(first.get(Config, { strict: false }).guests).toBe('allow');
    expect(second.get(Config, { strict: false }).guests).toBe('deny');
  });

  it('stands beside a global prefix, versions and paths of modules, with its way in where it is written', async () => {
    const paths = RouterModule.register([{ path: 'desk', module: ReportsModule }]);
    const app = await create([AuthModule.forRoot(settings), WebhooksModule, ReportsModule, paths]);
    useGatehouse(app);
    app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
    app.setGlobalPrefix('api', { exclude: ['auth/{*path}'] });
    await app.init();
    const agent = request(app.getHttpServer());
    await agent.get('/api/v1/desk/reports').expect(401);
    await agent.get('/api/v1/me').expect(401);
    await agent.get('/v1/me').expect(404);
    await agent.get('/auth/break-glass').expect(200);
    await agent.post('/api/webhooks/workos').send({}).expect(503);
  });

  describe('refuses to start', () => {
    it.each<[string, (given: Settings) => (DynamicModule | Type)[], RegExp]>([
      ['without settings', () => [AuthModule], /no settings: the root module imports no AuthModule.forRoot/],
      [
        'with settings from two sides',
        (given) => [AuthModule.forRoot(given), AuthModule.forRoot(given)],
        /settings twice/,
      ],
      [
        'with settings that are not usable',
        (given) => [AuthModule.forRoot({ ...given, workosClientId: '' })],
        /workosClientId is missing/,
      ],
      [
        'where fetching them fails',
        () => [AuthModule.forRootAsync({ useFactory: () => Promise.reject(new Error('vault is sealed')) })],
        /vault is sealed/,
      ],
      [
        'where they are made of what needs them',
        (given) => [
          AuthModule.forRootAsync({
            imports: [OrganizationsModule],
            inject: [OrganizationsService],
            useFactory: () => given,
          }),
        ],
        /made from modules that need these settings/,
      ],
      [
        'where they are made of themselves',
        (given) => [
          AuthModule.forRootAsync({ imports: [ConfigModule], inject: [Config], useFactory: () => given }),
        ],
        /made from modules that need these settings/,
      ],
    ])('%s', async (_what, imports, message) => {
      await expect(create(imports(settings))).rejects.toThrow(message);
    });

    it('where a prefix moves what browsers are sent to', async () => {
      const app = await create([AuthModule.forRoot(settings)]);
      app.setGlobalPrefix('api');
      await expect(app.init()).rejects.toThrow("exclude: ['auth/break-glass', 'auth/callback', 'auth/login'");
    });

    it('with an organization that the path of a module names', async () => {
      const paths = RouterModule.register([{ path: 'organizations/:organizationId', module: ReportsModule }]);
      const app = await create([AuthModule.forRoot(settings), ReportsModule, paths]);
      await expect(app.init()).rejects.toThrow(
        /GET \/organizations\/:organizationId\/reports \(ReportsController.list\)\n.*names an organization/,
      );
    });

    it('with the webhook address, where bytes are not kept as they come', async () => {
      const app = await create([AuthModule.forRoot(settings), WebhooksModule]);
      await expect(app.init()).rejects.toThrow('call useGatehouse(app)');
    });
  });
});
