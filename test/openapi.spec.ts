import { beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Validator } from '@seriousme/openapi-schema-validator';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppModule } from '../src/app.module.js';
import { routeTable } from '../src/auth/routes/route-table.js';
import { PROBLEMS } from '../src/common/problems.js';
import type { OpenapiDocument, Operation } from '../src/openapi/document.js';
import { OpenapiService } from '../src/openapi/openapi.service.js';

const root = join(import.meta.dirname, '..');

describe('the OpenAPI document', () => {
  let app: INestApplication;
  let document: OpenapiDocument;
  let operations: [string, Operation][];
  beforeAll(async () => {
    const env = {
      APP_URL: 'https://gatehouse.example',
      WORKOS_API_KEY: 'sk_sandbox_gatehouse_not_a_secret',
      WORKOS_CLIENT_ID: 'client_01HGATEH0VSESANDB0XAPP0001',
      DATABASE_URL: 'postgres://localhost/nowhere',
      SESSION_KEYS: randomBytes(32).toString('base64'),
    };
    app = await NestFactory.create(await AppModule.forRoot(env), { logger: false, abortOnError: false });
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
    for (const { method, path, access, principals, permissions, roles } of routeTable(app)) {
      const operation = told.get(`${method} ${path}`);
      if (!operation) continue;
      const anyone = [...(principals.includes('user') ? [{ session: [] }] : []), { bearer: [] }];
      // A credential that no session is: the route has a guard of its own.
      const own = path.startsWith('/operations/') ? [{ operatorToken: [] }] : nobody;
      const security = { public: own, optional: [...anyone, {}], 'signed-in': anyone }[access];
      const codes = (status: number) => operation.responses[status]?.['x-problem-codes'] ?? [];
      const words = operation.responses['403']?.description ?? '';
      expect([path, operation.security]).toEqual([path, security]);
      expect([path, codes(401).includes('unauthenticated')]).toEqual([
        path,
        access === 'signed-in' || own.length > 0,
      ]);
      expect(codes(403).includes('missing_permission')).toBe(permissions.length > 0);
      expect(codes(403).includes('missing_role')).toBe(roles.length > 0);
      expect(codes(403).includes('principal_not_accepted')).toBe(principals.length < 3);
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
