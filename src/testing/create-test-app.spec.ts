import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Injectable, Module, Post } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import pg from 'pg';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import request from 'supertest';
import {
  AuthModule,
  CurrentOrganization,
  CurrentUser,
  RequirePrincipal,
  RequireRecentAuth,
  type Organization,
  type User,
} from '../auth/index.js';
import { Clock } from '../common/clock.js';
import { Random } from '../common/random.js';
import { readConfig } from '../config/config.js';
import { DatabaseModule } from '../database/database.module.js';
import { Database } from '../database/database.js';
import {
  asApiKey,
  asMachine,
  createTestApp,
  createTestDatabase,
  overrideAuth,
  signInAs,
  TestClock,
  TestRandom,
  userPrincipal,
  type TestApp,
  type TestDatabase,
} from './index.js';
import { testEnvironment } from './test-environment.js';

@Injectable()
class Desk {
  constructor(
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  ticket(): string {
    return this.random.id('ticket', this.clock.now());
  }
}

@Controller('desk')
class DeskController {
  constructor(private readonly desk: Desk) {}

  @Get()
  mine(@CurrentUser() user: User, @CurrentOrganization() organization: Organization) {
    return { user: user.id, organization: organization.name };
  }

  @Post()
  take() {
    return { ticket: this.desk.ticket() };
  }

  @RequireRecentAuth(60)
  @Get('drawer')
  open() {
    return {};
  }

  @RequirePrincipal('machine', 'apiKey')
  @Get('back-door')
  enter() {
    return {};
  }
}

@Module({ imports: [DatabaseModule], controllers: [DeskController], providers: [Desk] })
class DeskModule {}

@Module({})
class BrokenModule {
  onModuleInit(): void {
    throw new Error('does not start');
  }
}

describe('an application for tests', () => {
  const clock = new TestClock('2026-03-01T12:00:00Z');
  let workos: Server;
  let asked = 0;
  let app: TestApp;
  beforeAll(async () => {
    workos = createServer((_request, response) => {
      asked += 1;
      response.statusCode = 500;
      response.end();
    });
    workos.listen(0, '127.0.0.1');
    await once(workos, 'listening');
    const { port } = workos.address() as AddressInfo;
    const env = { WORKOS_API_URL: `http://127.0.0.1:${port}` };
    app = await createTestApp(DeskModule, { clock, random: new TestRandom(), env });
  });
  afterAll(async () => {
    await app.close();
    workos.close();
  });

  it('is closed to whoever is nobody', async () => {
    const answer = await request(app.getHttpServer()).get('/desk').expect(401);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.body.code).toBe('unauthenticated');
  });

  it('takes a person for who the test says they are', async () => {
    const ada = await signInAs(app, {
      user: { id: 'user_ada', email: 'ada@acme.com' },
      organization: { id: 'org_acme', name: 'Acme' },
      roles: ['admin'],
    });
    await ada.get('/desk').expect(200, { user: 'user_ada', organization: 'Acme' });
    const { body: me } = await ada.get('/v1/me').expect(200);
    expect(me).toMatchObject({ kind: 'user', user: { email: 'ada@acme.com' }, roles: ['admin'] });
  });

  it('knows a person who belongs to no organization', async () => {
    const { body } = await (await signInAs(app)).get('/desk').expect(403);
    expect(body.code).toBe('organization_required');
  });

  it('takes machines and API keys for what they are', async () => {
    for (const caller of [
      await asMachine(app, { organization: 'org_acme' }),
      await asApiKey(app, { organization: 'org_acme' }),
    ]) {
      await caller.get('/desk/back-door').expect(200);
      expect((await caller.get('/desk').expect(403)).body.code).toBe('principal_not_accepted');
    }
    const ada = await signInAs(app, { organization: 'org_acme' });
    expect((await ada.get('/desk/back-door').expect(403)).body.code).toBe('principal_not_accepted');
  });

  it("keeps the service's rules on other origins and on credentials", async () => {
    const ada = await signInAs(app, { organization: 'org_acme' });
    await ada.post('/desk').expect(201);
    const foreign = await ada.post('/desk').set('Sec-Fetch-Site', 'cross-site').expect(403);
    expect(foreign.body.code).toBe('cross_origin');
    const both = await ada.get('/desk').set('Authorization', 'Bearer sk_another').expect(400);
    expect(both.body.code).toBe('several_credentials');
    await ada.post('/desk').type('text/plain').send('take').expect(415);
  });

  it('lets somebody who acts as a person only look', async () => {
    const impersonator = { email: 'support@workos.com', reason: null };
    const ada = await signInAs(app, { organization: 'org_acme', impersonator });
    await ada.get('/desk').expect(200);
    expect((await ada.post('/desk').expect(403)).body.code).toBe('impersonation_read_only');
  });

  it('goes by the clock and the randomness of the test', async () => {
    const ada = await signInAs(app, { organization: 'org_acme', provenAt: clock.now() });
    await ada.get('/desk/drawer').expect(200);
    clock.move(61);
    expect((await ada.get('/desk/drawer').expect(401)).body.code).toBe('reauthentication_required');
    const { body } = await ada.post('/desk').expect(201);
    expect(body.ticket).toMatch(/^ticket_01[0-9A-Z]{8}0{14}/);
  });

  it('answers many requests at once', async () => {
    const ada = await signInAs(app, { organization: 'org_acme' });
    const answers = await Promise.all(Array.from({ length: 20 }, () => ada.get('/desk')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });

  it('asks nothing of WorkOS', () => {
    expect(asked).toBe(0);
  });

  it('takes a controller without a module', async () => {
    const bare = await createTestApp({
      controllers: [DeskController],
      providers: [Desk],
      imports: [DatabaseModule],
    });
    await (await signInAs(bare, { organization: 'org_acme' })).post('/desk').expect(201);
    await bare.close();
  });
});

describe('the database of an application for tests', () => {
  let server: TestDatabase;
  let client: pg.Client;
  beforeAll(async () => {
    server = await createTestDatabase();
    client = new pg.Client({ connectionString: server.url });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await server.drop();
  });

  const databases = async () => (await client.query('select datname from pg_database')).rows.length;

  it('is its own, has the tables of the service, and goes with it', async () => {
    const before = await databases();
    const app = await createTestApp(DeskModule, { postgresUrl: server.url });
    expect(await databases()).toBe(before + 1);
    await signInAs(app, { user: { id: 'user_ada' }, organization: 'org_acme' });
    const rows = await app
      .get(Database, { strict: false })
      .withTables<{ users: { id: string } }>()
      .selectFrom('users')
      .select('id')
      .execute();
    expect(rows).toEqual([{ id: 'user_ada' }]);
    await app.close();
    expect(await databases()).toBe(before);
  });

  it('goes too where the application does not start', async () => {
    const before = await databases();
    await expect(createTestApp(BrokenModule, { postgresUrl: server.url })).rejects.toThrow('does not start');
    expect(await databases()).toBe(before);
  });
});

describe('overrideAuth', () => {
  it("makes every request of somebody's own testing module one caller's", async () => {
    const database = await createTestDatabase();
    const builder = Test.createTestingModule({
      imports: [
        AuthModule.forRoot(readConfig({ ...testEnvironment(), DATABASE_URL: database.url })),
        DeskModule,
      ],
    });
    const caller = userPrincipal({ user: { id: 'user_ada' }, organization: 'org_acme' });
    const app = (await overrideAuth(builder, caller).compile()).createNestApplication({ logger: false });
    await app.init();
    await request(app.getHttpServer())
      .get('/desk')
      .expect(200, { user: 'user_ada', organization: 'org_acme' });
    await expect(signInAs(app as TestApp)).rejects.toThrow('createTestApp()');
    await app.close();
    await database.drop();
  });
});
