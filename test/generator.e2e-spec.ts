import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call, SEEDED } from './support/credentials.js';
import { createDatabase } from './support/postgres.js';
import { ServiceProcess } from './support/service-process.js';
import { freePort } from './support/free-port.js';

const root = join(import.meta.dirname, '..');

interface Outcome {
  readonly status: number;
  readonly output: string;
}

function tracked(folder: string, ...args: string[]): string[] {
  return execFileSync('git', ['ls-files', ...args], { cwd: folder, encoding: 'utf8' })
    .split('\n')
    .filter((name) => name !== '');
}

describe('npm run new', () => {
  let copy: string;
  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'gatehouse-new-'));
    for (const name of tracked(root, '--cached', '--others', '--exclude-standard'))
      if (existsSync(join(root, name))) cpSync(join(root, name), join(copy, name));
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    execFileSync('git', ['init', '--quiet'], { cwd: copy });
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  const run = (script: string, args: readonly string[], nodeOptions = ''): Promise<Outcome> =>
    new Promise((resolve) => {
      const env = { ...process.env, NODE_OPTIONS: nodeOptions };
      execFile(process.execPath, [join(copy, script), ...args], { cwd: copy, env }, (error, stdout, stderr) =>
        resolve({ status: error ? Number(error.code) : 0, output: `${stdout}${stderr}` }),
      );
    });

  const state = () =>
    Object.fromEntries(
      tracked(copy, '--others', '--exclude=node_modules', '--exclude=dist').map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(join(copy, name)))
          .digest('hex'),
      ]),
    );

  it.each([
    [[], 'Say what the module is for'],
    [['reports', 'notes'], 'One module at a time'],
    [['Reports'], 'lower case'],
    [['sales_reports'], 'lower case'],
    [['sales--reports'], 'lower case'],
    [['../reports'], 'lower case'],
    [["reports'; drop table users"], 'lower case'],
    [['3d-models'], 'lower case'],
    [['a'.repeat(41) + 's'], 'too long'],
    [['report'], 'plural'],
    [['address'], 'plural'],
    [['people'], '--singular'],
    [['classes'], 'reserved'],
    [['invoices'], 'src/invoices is there already'],
    [['memberships'], 'table memberships'],
    [['sales-reports', '--sngular', 'x'], 'sngular'],
  ])('refuses %j and writes nothing', async (args, words) => {
    const before = state();
    const { status, output } = await run('scripts/new.mjs', args);
    expect(output).toContain(words);
    expect(output).toContain('Nothing was written.');
    expect(status).toBe(1);
    expect(state()).toEqual(before);
  });

  it('leaves nothing half-done behind', async () => {
    const script = join(copy, 'scripts/bootstrap.cjs');
    const sound = readFileSync(script);
    writeFileSync(script, 'process.exit(1);\n');
    const before = state();
    const { status, output } = await run('scripts/new.mjs', ['sales-reports']);
    expect([status, output]).toEqual([1, expect.stringContaining('Nothing was written.')]);
    expect(state()).toEqual(before);
    expect(existsSync(join(copy, 'src/sales-reports'))).toBe(false);
    writeFileSync(script, sound);
  });

  it('makes a module that passes its own spec', async () => {
    const started = performance.now();
    const { status, output } = await run('scripts/new.mjs', ['sales-reports']);
    expect({ status, output }).toMatchObject({ status: 0, output: expect.stringContaining('Next:') });
    expect(readFileSync(join(copy, 'docs/routes.txt'), 'utf8')).toMatch(
      /^DELETE +\/v1\/sales-reports\/:salesReportId +any caller that is known +an organization, sales-reports:write$/m,
    );
    const again = await run('scripts/new.mjs', ['sales-reports']);
    expect(again.output).toContain('src/sales-reports is there already');
    const vm = '--experimental-vm-modules --disable-warning=ExperimentalWarning';
    const spec = await run('node_modules/jest/bin/jest.js', ['src/sales-reports'], vm);
    expect(spec.output).toMatch(/Tests: +6 passed, 6 total/);
    // Less than a minute on an idle machine; what else runs here decides how long it is now.
    process.stdout.write(`generated and tested in ${Math.round((performance.now() - started) / 1000)} s\n`);
  });

  it('makes a module that compiles and keeps to the rules of the house', async () => {
    writeFileSync(join(copy, 'tsconfig.src.json'), '{ "extends": "./tsconfig.json", "include": ["src"] }\n');
    const outcomes = await Promise.all([
      run('node_modules/typescript/bin/tsc', ['-p', 'tsconfig.src.json']),
      run('node_modules/oxlint/bin/oxlint', ['--deny-warnings', 'src', 'scripts']),
      run('node_modules/oxfmt/bin/oxfmt', ['--check']),
      run('node_modules/dependency-cruiser/bin/dependency-cruiser.mjs', [
        'src',
        '--config',
        '.dependency-cruiser.cjs',
      ]),
    ]);
    expect(outcomes.filter((outcome) => outcome.status !== 0)).toEqual([]);
  });

  it('makes a module that the service serves, to whom the sandbox gives its permissions', async () => {
    const [port, sandboxPort] = await Promise.all([freePort(), freePort()]);
    const seed = join(copy, 'sandbox/seed.yaml');
    const own = 'sales-reports:read, sales-reports:write';
    // To a role, then to the API key.
    const given = readFileSync(seed, 'utf8')
      .replace('permissions: [invoices:read]', `permissions: [invoices:read, ${own}]`)
      .replace('permissions: [invoices:read, members:read]', `permissions: [members:read, ${own}]`);
    expect(given.split(own)).toHaveLength(3);
    writeFileSync(seed, given);
    const database = await createDatabase();
    const service = ServiceProcess.run(join(copy, 'scripts/start.mjs'), copy, {
      PORT: String(port),
      SANDBOX_PORT: String(sandboxPort),
      SANDBOX_SEED: seed,
      DATABASE_URL: database.url,
      DATA_DIR: join(copy, 'data'),
    });
    try {
      const url = `http://localhost:${port}`;
      await service.ready(url);
      const { body: made, status } = await call({ url }, SEEDED.apiKey, '/v1/sales-reports', {
        method: 'POST',
        json: { title: 'First' },
      });
      expect([status, made]).toEqual([201, expect.objectContaining({ title: 'First' })]);
      const list = await call({ url }, SEEDED.apiKey, '/v1/sales-reports');
      expect(list.body).toEqual({ data: [made], nextCursor: null });
      expect((await call({ url }, null, '/v1/sales-reports')).status).toBe(401);
    } finally {
      await service.terminate();
      await database.drop();
    }
  });
});
