import 'reflect-metadata';
import {
  Body,
  Controller,
  Delete,
  Get,
  Injectable,
  Module,
  Post,
  RawBody,
  SetMetadata,
  type NestApplicationOptions,
  type Provider,
  type Type,
} from '@nestjs/common';
import { APP_GUARD, ModulesContainer, NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { describe, expect, it } from '@jest/globals';
import {
  AllowImpersonation,
  OptionalAuth,
  Public,
  RequirePermissions,
  RequirePrincipal,
  RequireRecentAuth,
  RequireRoles,
} from '../access/auth.decorators.js';
import { ImportersGuard } from '../access/importers.guard.js';
import {
  BrowserSession,
  CurrentOrganization,
  CurrentPrincipal,
  CurrentSession,
  CurrentUser,
  OrganizationParam,
} from '../access/principal.decorators.js';
import { RouteAudit, UnsafeRoutesError } from './route-audit.service.js';
import { SessionGuard } from '../access/session.guard.js';
import { markRawBodies } from '../../common/raw-bodies.js';
import { Webhook } from './webhook.decorators.js';

type Decorate = MethodDecorator & ClassDecorator;
interface Options {
  readonly providers?: Provider[];
  /** Before every route, before those of modules that ask for it (here: none), or nowhere. */
  readonly guarded?: 'all' | 'importers' | 'none';
  readonly keepsRawBodies?: boolean;
  readonly nest?: NestApplicationOptions;
}

/** What an application is told that has these controllers; nothing where it starts. */
async function problemsOf(
  controllers: Type[],
  { providers = [], guarded = 'all', keepsRawBodies = true, nest = {} }: Options = {},
): Promise<string[]> {
  // Nothing calls it: only that it is there counts.
  const session = Object.create(SessionGuard.prototype) as SessionGuard;
  const guards: Record<typeof guarded, Provider[]> = {
    all: [{ provide: APP_GUARD, useValue: session }],
    importers: [
      {
        provide: APP_GUARD,
        inject: [ModulesContainer],
        useFactory: (modules: ModulesContainer) => new ImportersGuard(session, class Other {}, modules),
      },
    ],
    none: [],
  };
  @Module({ controllers, providers: [RouteAudit, ...providers, ...guards[guarded]] })
  class Application {}
  const app = await NestFactory.create<NestExpressApplication>(Application, {
    logger: false,
    abortOnError: false,
    ...nest,
  });
  if (keepsRawBodies) markRawBodies(app.getHttpAdapter().getInstance());
  try {
    await app.init();
    return [];
  } catch (error) {
    if (!(error instanceof UnsafeRoutesError)) throw error;
    return error.problems.map(({ where, what }) => `${where}: ${what}`);
  } finally {
    await app.close();
  }
}

function controllerWith(onHandler: Decorate[], onClass: Decorate[] = []): Type {
  @Controller('reports')
  class Reports {
    @Get()
    list() {}
  }
  const descriptor = Object.getOwnPropertyDescriptor(Reports.prototype, 'list');
  if (!descriptor) throw new Error('no handler');
  for (const decorate of onHandler) decorate(Reports.prototype, 'list', descriptor);
  for (const decorate of onClass) decorate(Reports);
  return Reports;
}

/** As the decorator of the handler's first parameter. */
const first =
  (decorate: ParameterDecorator): Decorate =>
  (target: object, name?: string | symbol) =>
    decorate(target, name, 0);

const IMPOSSIBLE: [string, Decorate[], Decorate[], string][] = [
  ['public and of a role', [Public(), RequireRoles('admin')], [], '@Public() together with @RequireRoles()'],
  [
    'optional and of a permission',
    [OptionalAuth(), RequirePermissions('audit:read')],
    [],
    '@OptionalAuth() together with @RequirePermissions()',
  ],
  ['public and of people', [], [Public(), RequirePrincipal('user')], 'The class has @Public()'],
  ['public and recent', [Public(), RequireRecentAuth(60)], [], 'together with @RequireRecentAuth()'],
  ['public and impersonated', [Public(), AllowImpersonation()], [], 'together with @AllowImpersonation()'],
  ['impersonated in a public class', [AllowImpersonation()], [Public()], 'open to everybody'],
  ['of no kind of caller', [RequirePrincipal('user')], [RequirePrincipal('apiKey')], 'in common'],
  [
    'recent, of machines',
    [RequirePrincipal('machine', 'apiKey')],
    [RequireRecentAuth(60)],
    'by a person alone',
  ],
  [
    'public and takes the person',
    [Public(), first(CurrentUser())],
    [],
    'It has @CurrentUser() and is @Public()',
  ],
  ['public by its class and takes the caller', [first(CurrentPrincipal())], [Public()], 'it is always null'],
  ['public and takes the organization', [Public(), first(CurrentOrganization())], [], 'it is always null'],
  ['public and takes the session', [Public(), first(CurrentSession())], [], 'it is always null'],
  ['public and takes the session of a browser', [Public(), first(BrowserSession())], [], 'always null'],
  [
    'of machines and takes the person',
    [RequirePrincipal('machine'), first(CurrentUser())],
    [],
    'Only machine may call, and @CurrentUser() can be met by a person alone',
  ],
  ['of a role, of machines', [RequireRoles('a'), RequirePrincipal('machine')], [], 'by a person alone'],
];

const POSSIBLE: [string, Decorate[], Decorate[]][] = [
  ['is public in a class that asks for a role', [Public()], [RequireRoles('admin')]],
  ['is optional and lets impersonators write', [OptionalAuth(), AllowImpersonation()], []],
  ['lets impersonators write in an optional class', [AllowImpersonation()], [OptionalAuth()]],
  ['is optional in a public class', [OptionalAuth()], [Public()]],
  ['asks for a permission in a public class', [RequirePermissions('audit:read')], [Public()]],
  ['is public in a class that lets impersonators write', [Public()], [AllowImpersonation()]],
  ['asks for everything', [RequireRoles('a'), RequireRecentAuth(60)], [RequirePrincipal('user', 'machine')]],
  ['is open and looks who it is', [OptionalAuth(), first(CurrentUser())], [Public()]],
  [
    'is of machines and takes their organization',
    [RequirePrincipal('machine'), first(CurrentOrganization())],
    [],
  ],
  ['is of machines', [RequirePrincipal('machine'), RequirePermissions('audit:read')], [AllowImpersonation()]],
];

describe('an application does not start with a handler that is', () => {
  it.each(IMPOSSIBLE)('%s', async (_, onHandler, onClass, what) => {
    const problems = await problemsOf([controllerWith(onHandler, onClass)]);
    expect(problems).toEqual([expect.stringContaining(what)]);
    expect(problems[0]).toMatch(/^GET \/reports \(Reports\.list\): /);
  });
});

describe('an application starts with a handler that', () => {
  it.each(POSSIBLE)('%s', async (_, onHandler, onClass) => {
    expect(await problemsOf([controllerWith(onHandler, onClass)])).toEqual([]);
  });
});

@Controller('v1/organizations/:organizationId/reports')
class FencedReports {
  @Get()
  list(@OrganizationParam() _organization: unknown) {}
  @Delete(':id')
  remove() {}
}

@Controller()
class Hooks {
  @Public()
  @Webhook()
  @Post('hooks/marked')
  marked(@Body() _body: Buffer) {}
  @Public()
  @Post('hooks/raw')
  raw(@RawBody() _body: Buffer) {}
  @Public()
  @Post('webhooks/forgotten')
  forgotten() {}
}

@Controller('reports')
class Reports {
  @Get(':id')
  read() {}
  @Get(['export', 'all/export'])
  exportAll() {}
}

const contradictory = (name: string) => {
  @Injectable()
  class Talk {
    @Public()
    @RequireRoles('admin')
    @SetMetadata(name, 'Query')
    say() {}
    @Public()
    @RequireRoles('admin')
    unheard() {}
  }
  return Talk;
};

/** Asks for something, and is called by what `name` stands for. */
const asking = (name: string, onClass: Decorate[] = []) => {
  @Injectable()
  class Talk {
    @SetMetadata(name, true)
    say() {}
  }
  const descriptor = Object.getOwnPropertyDescriptor(Talk.prototype, 'say');
  if (descriptor && onClass.length === 0) RequireRoles('admin')(Talk.prototype, 'say', descriptor);
  for (const decorate of onClass) decorate(Talk);
  return Talk;
};
const graph = (options: object) => ({ provide: 'GqlModuleOptions', useValue: options });

describe('an application does not start', () => {
  it('with an organization in a path that nobody fences, also where it stands on the class', async () => {
    expect(await problemsOf([FencedReports])).toEqual([
      expect.stringMatching(
        /^DELETE \/v1\/organizations\/:organizationId\/reports\/:id \(FencedReports\.remove\)/,
      ),
    ]);
  });

  it('with webhooks whose bytes are lost', async () => {
    const where = (problems: string[]) => problems.map((problem) => problem.split(' ')[1]);
    expect(where(await problemsOf([Hooks], { keepsRawBodies: false }))).toEqual([
      '/hooks/marked',
      '/hooks/raw',
      '/webhooks/forgotten',
    ]);
    expect(where(await problemsOf([Hooks]))).toEqual(['/webhooks/forgotten']);
  });

  it('with a route behind another, in one class or in two', async () => {
    expect(await problemsOf([Reports])).toEqual([
      expect.stringMatching(/^GET \/reports\/export \(Reports\.exportAll\): .* GET \/reports\/:id /),
    ]);
    expect(await problemsOf([controllerWith([]), controllerWith([])])).toHaveLength(1);
    const nest = { routeResolutionStrategy: 'specificity' } as const;
    expect(await problemsOf([Reports], { nest })).toEqual([]);
    expect(await problemsOf([controllerWith([]), controllerWith([])], { nest })).toHaveLength(1);
  });

  it('without the guard before every route', async () => {
    expect(await problemsOf([controllerWith([])], { guarded: 'none' })).toEqual([
      expect.stringMatching(/^All 1 routes: SessionGuard/),
    ]);
  });

  it('with a route that asks for something where the guard leaves its module alone', async () => {
    const options = { guarded: 'importers' } as const;
    expect(await problemsOf([controllerWith([RequireRoles('admin')])], options)).toEqual([
      expect.stringContaining('@RequireRoles(), and no guard stands before it'),
    ]);
    expect(await problemsOf([controllerWith([])], options)).toEqual([]);
  });

  it.each(['websockets:message_mapping', 'graphql:resolver_type', 'graphql:resolve_property'])(
    'with a handler of %s that contradicts itself',
    async (name) => {
      expect(await problemsOf([], { providers: [contradictory(name)] })).toEqual([
        expect.stringMatching(/^Talk\.say: The handler has @Public\(\) together with @RequireRoles\(\)/),
      ]);
    },
  );

  it.each(['websockets:message_mapping', 'graphql:resolver_type'])(
    'with a handler of %s that asks for something where the guard leaves its module alone',
    async (name) => {
      const providers = [asking(name)];
      expect(await problemsOf([], { providers, guarded: 'importers' })).toEqual([
        'Talk.say: It has @RequireRoles(), and no guard stands before it to read that.',
      ]);
      expect(await problemsOf([], { providers })).toEqual([]);
    },
  );

  it('with a message that takes the person from a socket where nobody looked', async () => {
    const talk = asking('websockets:message_mapping', [Public()]);
    CurrentUser()(talk.prototype, 'say', 0);
    expect(await problemsOf([], { providers: [talk] })).toEqual([
      expect.stringMatching(/^Talk\.say: It has @CurrentUser\(\) and is @Public\(\)/),
    ]);
    const field = asking('graphql:resolve_property', [Public()]);
    CurrentUser()(field.prototype, 'say', 0);
    expect(await problemsOf([], { providers: [field] })).toEqual([]);
  });

  it.each(['graphql:resolve_property', 'graphql:resolve_reference'])(
    'with a %s that asks for something where Nest puts guards before operations alone',
    async (name) => {
      const refusal = ['Talk.say: It has @RequireRoles(), and no guard stands before it to read that.'];
      for (const field of [asking(name), asking(name, [RequireRoles('admin')])]) {
        expect(await problemsOf([], { providers: [field, graph({})] })).toEqual(refusal);
        const enhanced = graph({ fieldResolverEnhancers: ['guards'] });
        expect(await problemsOf([], { providers: [field, enhanced] })).toEqual([]);
      }
    },
  );

  it('with several of these, and says all of them', async () => {
    const problems = await problemsOf([FencedReports, Hooks, Reports], { guarded: 'none' });
    expect(problems).toHaveLength(4);
  });
});
