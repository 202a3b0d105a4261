// Usage: npm run bench -- sessions [--quick] [--only requests,check,revocation,storm,memory]
//        npm run bench -- organizations [--quick]
//        npm run bench -- access [--quick]
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
const SUITES = ['sessions', 'organizations', 'access'];

/** What the service is compared with is installed here alone, when it is first needed. */
function install() {
  const stamp = join(here, 'node_modules', '.gatehouse-bench');
  const lock = createHash('sha256')
    .update(readFileSync(join(here, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.error('Installing what bench/package-lock.json names (once) ...');
  const npm = process.env.npm_execpath;
  const args = ['ci', '--prefix', here, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  // Not the folder of the service: npm takes its settings from the one that it is pointed at.
  const options = { cwd: here, stdio: ['ignore', 'ignore', 'inherit'] };
  const { status } = npm
    ? spawnSync(process.execPath, [npm, ...args], options)
    : spawnSync('npm', args, { ...options, shell: process.platform === 'win32' });
  if (status !== 0) {
    console.error('npm ci failed in bench/: see above.');
    process.exit(1);
  }
  writeFileSync(stamp, lock);
}

/** @returns the words of the command line; `null` where they are not understood */
function words() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } },
    });
    const [suite, ...others] = positionals;
    return SUITES.includes(suite) && others.length === 0 ? { suite, ...values } : null;
  } catch (error) {
    if (!error.code?.startsWith('ERR_PARSE_ARGS')) throw error;
    return null;
  }
}

const asked = words();
if (asked === null) {
  console.error(`Say which bench: npm run bench -- <${SUITES.join(' | ')}> [--quick]`);
  process.exit(1);
}
const { suite, quick, only } = asked;
// The others measure the service alone: nothing to compare it with.
if (suite === 'sessions') install();
const { run } = await import(`./${suite}/suite.mjs`);
await run({ quick, only: only?.split(',') ?? null });
