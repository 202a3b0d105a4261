import { beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Delete, Get, Module, Param, Post, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Validator } from '@seriousme/openapi-schema-validator';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppModule } from '../src/app.module.js';
import {
  AllowImpersonation,
  CurrentOrganization,
  CurrentSession,
  CurrentUser,
  OptionalAuth,
  OrganizationParam,
  Public,
  RequireAccess,
  RequirePermissions,
  RequirePrincipal,
  RequireRecentAuth,
  RequireRoles,
} from '../src/auth/index.js';
import { routeTable } from '../src/auth/routes/route-table.js';
import { PROBLEMS } from '../src/common/problems.js';
import type { OpenapiDocument, Operation } from '../src/openapi/document.js';
import { OpenapiService } from '../src/openapi/openapi.service.js';

const root = join(import.meta.dirname, '..');

const ENV = {
  APP_URL: 'https://gatehouse.example',
  WORKOS_API_KEY: 'sk_sandbox_gatehouse_not_a_secret',
  WORKOS_CLIENT_ID: 'client_01HGATEH0VSESANDB0XAPP0001',
  DATABASE_URL: 'postgres://localhost/nowhere',
  SESSION_KEYS: randomBytes(32).toString('base64'),
};
const QUIET = { logger: false, abortOnError: false } as const;

function codesOf(operation: Operation | undefined, status: number): readonly string[] {
  return operation?.responses[status]?.['x-problem-codes'] ?? [];
}

describe('the OpenAPI document', () => {
  let app: INestApplication;
  let document: OpenapiDocument;
  let operations: [string, Operation][];
  beforeAll(async () => {
    app = await NestFactory.create(await AppModule.forRoot(ENV), QUIET);
    document = app.get(OpenapiService, { strict: false }).document();
    operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]): [string, Operation] => [
        `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`,
        operation,
      ]),
    );
  });

  it('is written down in docs/openapi.json (npm run openapi)', () => {
    expect(`${JSON.stringify(document, null, 2)}\n`).toBe(
      readFileSync(join(root, 'docs/openapi.json'), 'utf8'),
    );
  });

  it('is what the types of the client are made from (npm run openapi)', () => {
    const args = ['docs/openapi.json', '-o', 'client/schema.ts', '--check'];
    const generator = join(root, 'node_modules/openapi-typescript/bin/cli.js');
    const { status, stderr } = spawnSync(process.execPath, [generator, ...args], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    expect(`${status} ${status === 0 ? '' : stderr}`).toBe('0 ');
  });

  it('is a valid one of version 3.1', async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(
      JSON.parse(JSON.stringify(document)) as Record<string, unknown>,
    );
    expect(errors).toBeUndefined();
    expect([valid, validator.version]).toEqual([true, '3.1']);
  });

  it('has every route but those that only refuse', () => {
    const routes = routeTable(app).filter(({ method }) => method !== 'ALL');
    expect(operations.map(([name]) => name).toSorted()).toEqual(
      routes.map(({ method, path }) => `${method} ${path}`).toSorted(),
    );
  });

  it('asks of each operation what the guard asks', () => {
    const told = new Map(operations);
    const nobody: object[] = [];
    for (const route of routeTable(app)) {
      const { method, path, access, principals, permissions, roles } = route;
      const operation = told.get(`${method} ${path}`);
      if (!operation) continue;
      const anyone = [...(principals.includes('user') ? [{ session: [] }] : []), { bearer: [] }];
      // A credential that no session is: the route has a guard of its own.
      const own = path.startsWith('/operations/') ? [{ operatorToken: [] }] : nobody;
      const security = { public: own, optional: [...anyone, {}], 'signed-in': anyone }[access];
      const codes = (status: number) => codesOf(operation, status);
      const words = operation.responses['403']?.description ?? '';
      expect([path, operation.security]).toEqual([path, security]);
      expect([path, codes(401).includes('unauthenticated')]).toEqual([
        path,
        access === 'signed-in' || own.length > 0,
      ]);
      expect(codes(403).includes('missing_permission')).toBe(permissions.length > 0);
      expect(codes(403).includes('missing_role')).toBe(roles.length > 0);
      expect(codes(403).includes('principal_not_accepted')).toBe(principals.length < 3);
      expect(codes(403).includes('organization_required')).toBe(route.needsOrganization);
      expect(codes(403).includes('impersonation_read_only')).toBe(
        access !== 'public' && method !== 'GET' && principals.includes('user') && !route.allowsImpersonation,
      );
      expect(codes(401).includes('reauthentication_required')).toBe(route.recentAuth !== null);
      for (const name of [...permissions, ...roles].flat()) expect(words).toContain(`\`${name}\``);
    }
  });

  it('lists every code that a problem may have', () => {
    const problem = document.components.schemas['Problem'] as { properties: { code: { enum: string[] } } };
    expect(problem.properties.code.enum.toSorted()).toEqual(Object.keys(PROBLEMS).toSorted());
  });

  it('names each operation once, and says what it does and answers', () => {
    const ids = operations.map(([, { operationId }]) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [name, { summary, responses }] of operations) {
      expect([name, summary]).toEqual([name, expect.any(String)]);
      const json = responses['200'] ?? responses['201'];
      if (name.includes(' /v1/') && !responses['204'])
        expect([name, json?.content]).toEqual([name, { 'application/json': { schema: expect.anything() } }]);
    }
  });

  it('calls the cookie what it is called', () => {
    expect(document.components.securitySchemes['session']).toMatchObject({ name: '__Host-session' });
  });
});

@Controller('v1/every')
class EveryDecorator {
  @Public()
  @Get('public')
  public() {}
  @OptionalAuth()
  @Get('optional')
  optional() {}
  @OptionalAuth()
  @Get('optional/person')
  optionalPerson(@CurrentUser() _user: unknown) {}
  @OptionalAuth()
  @Get('optional/organization')
  optionalOrganization(@CurrentOrganization() _organization: unknown) {}
  @Get('known')
  known() {}
  @Get('user')
  user(@CurrentUser() _user: unknown) {}
  @Get('session')
  session(@CurrentSession() _session: unknown) {}
  @Get('organization')
  organization(@CurrentOrganization() _organization: unknown) {}
  @Get('organizations/:organizationId')
  fenced(@OrganizationParam() _organization: unknown) {}
  @RequirePermissions('audit:read')
  @Get('permission')
  permission() {}
  @RequireRoles('admin')
  @Get('role')
  role() {}
  @RequirePrincipal('machine', 'apiKey')
  @Post('machines')
  machines() {}
  @RequireAccess('audit:read', { resource: 'document', param: 'id' })
  @Get('resources/:id')
  resource(@Param('id') _id: string) {}
  @RequireRecentAuth(300)
  @Get('recent')
  recent() {}
  @Delete('write')
  write() {}
  @AllowImpersonation()
  @Delete('impersonated')
  impersonated() {}
}

@Module({ controllers: [EveryDecorator] })
class EveryDecoratorModule {}

/** What each handler is refused with: of 401, 403 and 404. */
const REFUSALS: Readonly<Record<string, readonly string[]>> = {
  public: [],
  optional: [],
  optionalPerson: ['principal_not_accepted'],
  optionalOrganization: ['organization_required'],
  known: ['unauthenticated'],
  user: ['unauthenticated', 'principal_not_accepted'],
  session: ['unauthenticated', 'principal_not_accepted'],
  organization: ['unauthenticated', 'organization_required'],
  fenced: ['unauthenticated', 'not_found'],
  permission: ['unauthenticated', 'missing_permission'],
  role: ['unauthenticated', 'missing_role'],
  machines: ['unauthenticated', 'cross_origin', 'principal_not_accepted'],
  resource: ['unauthenticated', 'missing_permission', 'not_found'],
  recent: ['reauthentication_required', 'unauthenticated'],
  write: ['unauthenticated', 'cross_origin', 'impersonation_read_only'],
  impersonated: ['unauthenticated', 'cross_origin'],
};

describe('the refusals of an operation', () => {
  let told: Map<string, Operation>;
  beforeAll(async () => {
    const app = await NestFactory.create(await AppModule.forRoot(ENV, [EveryDecoratorModule]), QUIET);
    const { paths } = app.get(OpenapiService, { strict: false }).document();
    const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
    told = new Map(operations.map((operation) => [operation.operationId, operation]));
  });

  it.each(Object.entries(REFUSALS))('are those of the decorators of a handler: %s', (handler, expected) => {
    const operation = told.get(`everyDecorator_${handler}`);
    expect([401, 403, 404].flatMap((status) => codesOf(operation, status))).toEqual(expected);
    // Machines have no session; whoever may stay unknown needs nothing.
    const security = operation?.security.map((one) => Object.keys(one).join());
    const anyone = handler === 'machines' ? ['bearer'] : ['session', 'bearer'];
    expect(security).toEqual(
      handler === 'public' ? [] : [...anyone, ...(handler.startsWith('optional') ? [''] : [])],
    );
  });
});
