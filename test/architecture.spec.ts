import { describe, expect, it } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

function tracked(...patterns: string[]): string[] {
  return execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...patterns], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((name) => name !== '');
}

describe('the architecture', () => {
  it('imports downwards only, without circles, and reaches the WorkOS SDK through src/workos alone', () => {
    const script = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
    const { stdout, status } = spawnSync(
      process.execPath,
      [script, 'src', 'sandbox', '--config', '.dependency-cruiser.cjs', '--output-type', 'err'],
      {
        cwd: root,
        encoding: 'utf8',
        env: { ...process.env, NODE_OPTIONS: '' },
      },
    );
    expect({ status, stdout: status === 0 ? '' : stdout }).toEqual({ status: 0, stdout: '' });
    expect(stdout).toMatch(/no dependency violations found \(\d{3,} modules/);
  });

  it('has no file without a role that it need not have, and none over its length', () => {
    const long = tracked('src/*.ts', 'sandbox/*.ts', 'web/src/*.ts', 'web/src/*.tsx')
      .filter((name) => !/\.(?:spec|conformance)\.ts$/.test(name))
      .filter((name) => readFileSync(join(root, name), 'utf8').split('\n').length > 251);
    expect(long).toEqual([]);
  });

  it.each([
    ['forwardRef', /\bforwardRef\b/],
    ['@Global()', /@Global\(\)/],
    ['any', /: any\b|as any\b|<any>/],
    ['an empty catch', /catch\s*(?:\([^)]*\)\s*)?\{\s*\}/],
    ['a note to do later', new RegExp(['TO', 'DO|FIX', 'ME'].join(''))],
    ['the environment outside src/config', /process\.env/],
  ])('holds no %s in src', (_name, pattern) => {
    const found = tracked('src/*.ts')
      .filter((name) => !name.endsWith('.spec.ts') && name !== 'src/config/process-environment.ts')
      .filter((name) => pattern.test(readFileSync(join(root, name), 'utf8')));
    expect(found).toEqual([]);
  });

  it('names no registry and no folder of the machine that it was made on', () => {
    const banned = [
      /registry\.[a-z]+\.(?:org|com)/,
      /"resolved": *"https?:/,
      /(?:^|[^\w.-])\/(?:home|root)\/[a-z.]/m,
    ];
    const found = tracked()
      .filter((name) => !/\.(?:png|svg|ico)$/.test(name) && name !== 'test/architecture.spec.ts')
      .filter((name) => banned.some((pattern) => pattern.test(readFileSync(join(root, name), 'utf8'))));
    expect(found).toEqual([]);
  });

  it('runs on the SDK and the Node that it was written for', () => {
    const sdk = JSON.parse(
      readFileSync(join(root, 'node_modules/@workos-inc/node/package.json'), 'utf8'),
    ) as { version: string };
    expect(sdk.version).toBe('11.0.0');
    expect(Number(process.versions.node.split('.')[0])).toBeGreaterThanOrEqual(24);
  });
});
