// Everything that must hold before a change is good: types, lint, format, then the suites. Arguments go to jest.
import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EmbeddedPostgres } from '../dist/src/database/embedded-postgres.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const only = process.argv.slice(2);

async function step(name, script, args, env = {}) {
  const started = Date.now();
  const options = { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } };
  const child = spawn(process.execPath, [join(root, 'node_modules', script), ...args], options);
  const [status] = await once(child, 'close');
  console.log(
    `${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`,
  );
  return status === 0;
}

/** The servers that the tests start write to memory where there is enough of it: what they keep is thrown away. */
function useMemoryForFiles() {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm');
    if (bavail * bsize > 4 * 1024 ** 3) process.env.TMPDIR = '/dev/shm';
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

/** For every sandbox of this run: to make a key takes a tenth of a second. */
function newPrivateKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' });
}

useMemoryForFiles();
const dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-test-'));
// Run as root, the server is handed to `nobody`, who must reach it.
chmodSync(dataDir, 0o755);
const postgres = await EmbeddedPostgres.start({ dataDir, unsafe: true });
const results = [];
try {
  if (only.length === 0) {
    // The first takes one core for as long as the others together take another.
    const steps = await Promise.all([
      step('types of src, sandbox and test', 'typescript/bin/tsc', ['-p', 'tsconfig.json']),
      step('types of web', 'typescript/bin/tsc', ['-p', 'web/tsconfig.json']),
      step('lint', 'oxlint/bin/oxlint', ['--type-aware', '--deny-warnings']),
      step('format', 'oxfmt/bin/oxfmt', ['--check']),
    ]);
    results.push(...steps);
  }
  results.push(
    await step('suites', 'jest/bin/jest.js', only, {
      TEST_POSTGRES_URL: postgres.url,
      TEST_PRIVATE_KEY: newPrivateKey(),
      NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
    }),
  );
} finally {
  await postgres.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
process.exitCode = results.every(Boolean) ? 0 : 1;
