// Compiles src/ and sandbox/ to dist/, and web/ to web/dist; with `--types` also the declarations of src/, which only a
// package needs. Skips what has not changed since the last time.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Every file below the folders, with its time and size: enough to see a change. */
function fingerprint(folders) {
  const hash = createHash('sha256');
  const visit = (path) => {
    const stat = statSync(path);
    if (stat.isDirectory()) {
      if (/(?:^|\/)(?:dist|node_modules)$/.test(path)) return;
      for (const name of readdirSync(path).toSorted()) visit(join(path, name));
    } else
      hash.update(`${path} ${stat.size} ${createHash('sha256').update(readFileSync(path)).digest('hex')}\n`);
  };
  for (const folder of folders) if (existsSync(join(root, folder))) visit(join(root, folder));
  return hash.digest('hex');
}

function run(bin, args) {
  const script = join(root, 'node_modules', bin);
  const { status } = spawnSync(process.execPath, [script, ...args], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) process.exit(status ?? 1);
}

function once(name, folders, output, build) {
  const stamp = join(root, 'dist', `.${name}.stamp`);
  const now = fingerprint(folders);
  if (existsSync(stamp) && existsSync(join(root, output)) && readFileSync(stamp, 'utf8') === now) return;
  build();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, now);
}

once('server', ['src', 'sandbox', '.swcrc', 'package-lock.json'], 'dist/src/main.js', () => {
  rmSync(join(root, 'dist/src'), { recursive: true, force: true });
  rmSync(join(root, 'dist/sandbox'), { recursive: true, force: true });
  run('@swc/cli/bin/swc.js', [
    'src',
    'sandbox',
    '--out-dir',
    'dist',
    '--ignore',
    '**/*.factory.ts,**/*.spec.ts,**/*.conformance.ts,**/*.stub.ts',
    '--quiet',
  ]);
  const assets = readdirSync(join(root, 'sandbox'), { recursive: true }).filter((name) =>
    /\.(?:yaml|css|js)$/.test(name),
  );
  for (const name of assets) cpSync(join(root, 'sandbox', name), join(root, 'dist/sandbox', name));
});

once(
  'web',
  ['web', 'client', 'src/common/problems.ts', 'src/identity/idp-errors.ts', 'package-lock.json'],
  'web/dist/index.html',
  () => {
    run('vite/bin/vite.js', ['build', 'web', '--logLevel', 'warn']);
  },
);

if (process.argv.includes('--types')) {
  once(
    'types',
    ['src', 'tsconfig.json', 'tsconfig.types.json', 'package-lock.json'],
    'dist/src/index.d.ts',
    () => {
      run('typescript/bin/tsc', ['-p', 'tsconfig.types.json']);
    },
  );
}
