import 'reflect-metadata';
import {
  Controller,
  Delete,
  Get,
  Module,
  Post,
  RequestMethod,
  Version,
  VERSION_NEUTRAL,
  VersioningType,
} from '@nestjs/common';
import { NestFactory, RouterModule } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { describe, expect, it } from '@jest/globals';
import { routeTable } from './route-table.js';

@Controller('reports')
class Reports {
  @Get()
  list() {}
  @Get(['all', ':id'])
  read() {}
  @Version('2')
  @Delete(':id')
  remove() {}
}

@Controller({ path: ['notes', 'remarks'], version: ['1', '2'] })
class Notes {
  @Get()
  list() {}
}

@Controller({ path: 'auth', version: VERSION_NEUTRAL })
class Auth {
  @Get('callback')
  callback() {}
  @Post('callback')
  post() {}
}

@Module({ controllers: [Reports, Notes] })
class ReportsModule {}

@Module({
  imports: [ReportsModule, RouterModule.register([{ path: 't/:orgId', module: ReportsModule }])],
  controllers: [Auth],
})
class Application {}

type Prepare = (app: NestExpressApplication) => unknown;
interface Layer {
  readonly route?: {
    readonly path: string;
    readonly methods: Readonly<Record<string, boolean>>;
    readonly stack: readonly { readonly name: string }[];
  };
}

/** What the table says, and what the server was told. */
async function routesOf(prepare: Prepare) {
  const app = await NestFactory.create<NestExpressApplication>(Application, { logger: false });
  prepare(app);
  await app.init();
  const { router } = app.getHttpAdapter().getInstance() as unknown as { router: { stack: Layer[] } };
  // Nest names what it registers for a handler after it; what answers 404 has another name.
  const served = router.stack.flatMap(({ route }) =>
    route?.stack.some(({ name }) => /^\w+\.\w+$/.test(name))
      ? Object.keys(route.methods).map((method) => `${method.toUpperCase()} ${route.path}`)
      : [],
  );
  const table = routeTable(app);
  await app.close();
  return {
    table,
    told: table.map(({ method, path }) => `${method} ${path}`).toSorted(),
    served: served.toSorted(),
  };
}

const uri: Prepare = (app) => app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
const PREPARED: [string, Prepare][] = [
  ['nothing else', () => undefined],
  ['a global prefix', (app) => app.setGlobalPrefix('api')],
  [
    'a global prefix that leaves some out',
    (app) =>
      app.setGlobalPrefix('/api/', {
        exclude: ['t/:orgId/notes', { path: 'auth/{*path}', method: RequestMethod.GET }],
      }),
  ],
  ['versions in the address', uri],
  [
    'versions that are called otherwise',
    (app) => app.enableVersioning({ type: VersioningType.URI, prefix: 'version-' }),
  ],
  [
    'all of it',
    (app) => {
      uri(app);
      app.setGlobalPrefix('api', { exclude: ['auth/{*path}', 't/:orgId/reports/all'] });
    },
  ],
  [
    'versions in a header',
    (app) => app.enableVersioning({ type: VersioningType.HEADER, header: 'version', defaultVersion: '1' }),
  ],
];

describe('the table of routes has the addresses that the server has', () => {
  it.each(PREPARED)('behind the path of a module and %s', async (_, prepare) => {
    const { told, served } = await routesOf(prepare);
    expect(told).toEqual(served);
    expect(told.length).toBeGreaterThan(6);
  });

  it('and tells which of them are further ones of the same handler', async () => {
    const { table } = await routesOf(uri);
    const first = table.filter(({ isFirstPath }) => isFirstPath).map(({ path }) => path);
    expect(first).toEqual([
      '/auth/callback',
      '/auth/callback',
      '/v1/t/:orgId/notes',
      '/v1/t/:orgId/reports',
      '/v1/t/:orgId/reports/all',
      '/v2/t/:orgId/reports/:id',
    ]);
  });

  it('and what beside them leads to a route', async () => {
    const { table } = await routesOf((app) =>
      app.enableVersioning({ type: VersioningType.HEADER, header: 'version', defaultVersion: '1' }),
    );
    const scopes = table
      .filter(({ controller }) => controller === Reports)
      .map(({ method, scope }) => `${method} ${scope}`);
    expect(new Set(scopes)).toEqual(new Set(['GET 1 ', 'DELETE 2 ']));
    const { table: unversioned } = await routesOf(() => undefined);
    expect(new Set(unversioned.map(({ scope }) => scope))).toEqual(new Set([' ']));
  });
});
