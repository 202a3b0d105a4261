import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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

  it('makes a module that compiles, keeps to the rules of the house and passes its own spec', async () => {
    const { status, output } = await run('scripts/new.mjs', ['sales-reports']);
    expect({ status, output }).toMatchObject({ status: 0, output: expect.stringContaining('Next:') });
    expect(readFileSync(join(copy, 'docs/routes.txt'), 'utf8')).toMatch(
      /^DELETE +\/v1\/sales-reports\/:salesReportId +any caller that is known +an organization, sales-reports:write$/m,
    );
    const again = await run('scripts/new.mjs', ['sales-reports']);
    expect(again.output).toContain('src/sales-reports is there already');

    writeFileSync(join(copy, 'tsconfig.src.json'), '{ "extends": "./tsconfig.json", "include": ["src"] }\n');
    const vm = '--experimental-vm-modules --disable-warning=ExperimentalWarning';
    const outcomes = await Promise.all([
      run('node_modules/typescript/bin/tsc', ['-p', 'tsconfig.src.json']),
      run('node_modules/jest/bin/jest.js', ['src/sales-reports'], vm),
      run('node_modules/oxlint/bin/oxlint', ['--deny-warnings', 'src', 'scripts']),
      run('node_modules/oxfmt/bin/oxfmt', ['--check']),
      run('node_modules/dependency-cruiser/bin/dependency-cruiser.mjs', [
        'src',
        '--config',
        '.dependency-cruiser.cjs',
      ]),
    ]);
    expect(outcomes.filter((outcome) => outcome.status !== 0)).toEqual([]);
    expect(outcomes[1].output).toMatch(/Tests: +6 passed, 6 total/);
  }, 120_000);
});
