import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { publint } from 'publint';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import type { RunningSandbox } from '../sandbox/server.js';
import { Browser } from './support/browser.js';
import { freePort } from './support/free-port.js';
import { PackedHost } from './support/packed-host.js';
import { createDatabase, type TestDatabase } from './support/postgres.js';
import { sandboxFor } from './support/sandbox.js';
import { ServiceProcess } from './support/service-process.js';
import { Site } from './support/site.js';

/** The application of somebody else, running. */
class HostSite extends Site {
  constructor(
    readonly url: string,
    readonly sandbox: RunningSandbox,
    readonly database: TestDatabase,
    private readonly service: ServiceProcess,
  ) {
    super();
  }

  static async start(host: PackedHost): Promise<HostSite> {
    const port = await freePort();
    const url = `http://localhost:${port}`;
    const [sandbox, database] = await Promise.all([sandboxFor(url), createDatabase()]);
    const service = ServiceProcess.run(join(host.folder, 'dist', 'main.js'), host.folder, {
      PORT: String(port),
      APP_URL: url,
      WORKOS_API_KEY: sandbox.apiKey,
      WORKOS_CLIENT_ID: sandbox.clientId,
      WORKOS_API_URL: sandbox.url,
      DATABASE_URL: database.url,
      SESSION_KEY: randomBytes(32).toString('base64'),
    });
    await service.ready(url, '/reports/formats');
    return new HostSite(url, sandbox, database, service);
  }

  async stop(): Promise<void> {
    await this.service.terminate('SIGKILL');
    await this.sandbox.close();
    await this.database.drop();
  }
}

describe('the packed package', () => {
  let host: PackedHost;
  beforeAll(() => {
    host = PackedHost.create();
  });
  afterAll(() => host.remove());

  const files = () =>
    readdirSync(host.packageFolder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.[cm]?js$|\.[cm]?ts$|\.json$|\.html$/.test(name),
    );

  it('has nothing that publint finds fault with', async () => {
    const { messages } = await publint({ pkgDir: host.packageFolder, strict: true, pack: false });
    expect(messages).toEqual([]);
  });

  it('holds what runs, its types and its pages, and neither tests nor sources nor anything of the machine', () => {
    expect(files()).toEqual(
      expect.arrayContaining([
        'dist/src/index.js',
        'dist/src/index.d.ts',
        'dist/src/events/index.d.ts',
        'dist/src/database/migrations/0001-foundation.js',
        'web/dist/index.html',
      ]),
    );
    const strange = files().filter(
      (name) =>
        !/^(?:dist\/src|web\/dist)\/|^package\.json$/.test(name) ||
        /\.(?:spec|stub|factory|conformance)\./.test(name),
    );
    expect(strange).toEqual([]);
  });

  it('asks for every package that it imports, and for the Nest of the application instead of one of its own', () => {
    const { dependencies, peerDependencies } = host.manifest;
    const declared = new Set([...Object.keys(dependencies), ...Object.keys(peerDependencies)]);
    const imported = files()
      .filter((name) => /\.(?:js|d\.ts)$/.test(name) && name.startsWith('dist/'))
      .flatMap((name) => {
        const text = readFileSync(join(host.packageFolder, name), 'utf8');
        const specifiers = text.matchAll(/(?:\bfrom |\bimport |\bimport\()\s*['"]([^'"./][^'"]*)['"]/g);
        return [...specifiers].map(([, specifier = '']) => specifier);
      })
      .filter((specifier) => !isBuiltin(specifier))
      .map((specifier) => /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier);
    const types = (name: string) => `@types/${name}`;
    const undeclared = [...new Set(imported)].filter(
      (name) => !declared.has(name) && !declared.has(types(name)),
    );
    expect(undeclared).toEqual([]);
    expect(Object.keys(dependencies).filter((name) => name in peerDependencies)).toEqual([]);
    expect(Object.keys(peerDependencies)).toEqual(
      expect.arrayContaining([
        '@nestjs/common',
        '@nestjs/core',
        '@nestjs/platform-express',
        'reflect-metadata',
      ]),
    );
  });

  it('brings no Node and no database server along', () => {
    expect(host.manifest.optionalDependencies ?? {}).toEqual({});
  });

  describe('in an application of somebody else', () => {
    let site: HostSite;
    beforeAll(async () => {
      expect(host.compile()).toBe('');
      site = await HostSite.start(host);
    });
    afterAll(() => site?.stop());

    it('guards every route that does not say otherwise', async () => {
      const answer = await site.api(new Browser(), '/reports');
      expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
      expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(answer.headers.get('x-request-id')).not.toBeNull();
      expect((await site.api(new Browser(), '/reports/formats')).status).toBe(200);
    });

    it('signs people in through their identity provider, and hands them to the handler', async () => {
      const ada = await site.signedIn('ada@acme.com');
      expect(await site.api(ada, '/reports')).toMatchObject({
        status: 200,
        body: { reader: 'ada@acme.com' },
      });
      expect(await site.api(ada, '/reports/old')).toMatchObject({
        status: 403,
        body: { code: 'missing_permission' },
      });
      await site.api(ada, '/auth/logout', { method: 'POST' });
      expect((await site.api(ada, '/reports')).status).toBe(401);
    });

    it("leaves the application's own errors as they are", async () => {
      const answer = await site.api(new Browser(), '/nowhere');
      expect(answer).toMatchObject({ status: 404, body: { statusCode: 404 } });
    });
  });
});
