// Makes a fresh clone ready: installs what the lockfile says, checks the runtime, builds.
// Plain CommonJS for whatever Node is there (18 and later): the pinned one comes with the install.
const { createHash } = require('node:crypto');
const { spawnSync } = require('node:child_process');
const { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } = require('node:fs');
const { delimiter, join } = require('node:path');

const root = join(__dirname, '..');
const modules = join(root, 'node_modules');
const stamp = join(modules, '.gatehouse-install');
const lock = join(root, '.bootstrap.lock');
const REQUIRED = 24;

function lockHash() {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}

function isInstalled() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === lockHash();
}

/** `npm start` and `npm test` may run at once in a fresh clone: one installs and builds, the other waits. */
function takeLock() {
  for (let waited = 0; ; waited++) {
    try {
      mkdirSync(lock);
      process.on('exit', () => rmSync(lock, { recursive: true, force: true }));
      for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (waited === 0) say('Another command is setting things up; waiting for it.');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250);
    // Left behind by a process that was killed: nothing takes ten minutes.
    if (existsSync(lock) && Date.now() - statSync(lock).mtimeMs > 600_000)
      rmSync(lock, { recursive: true, force: true });
  }
}

function say(text) {
  process.stderr.write(`${text}\n`);
}

function fail(text) {
  say(text);
  process.exit(1);
}

function install() {
  say('Installing what package-lock.json names (once, about half a minute) ...');
  const npm = process.env.npm_execpath;
  const args = [
    'ci',
    '--include=dev',
    '--include=optional',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  const result = npm
    ? spawnSync(process.execPath, [npm, ...args], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
    : spawnSync('npm', args, {
        cwd: root,
        stdio: ['ignore', 'ignore', 'inherit'],
        shell: process.platform === 'win32',
      });
  if (result.status !== 0) fail('npm ci failed: see above. Check the network, then run the command again.');
  writeFileSync(stamp, lockHash());
}

/** The Node that the scripts run with: the pinned one from `node_modules/.bin`, else the one on the PATH. */
function checkRuntime() {
  const path = [join(modules, '.bin'), process.env.PATH].join(delimiter);
  const { stdout } = spawnSync('node', ['--version'], {
    encoding: 'utf8',
    env: { ...process.env, PATH: path },
    shell: process.platform === 'win32',
  });
  const major = Number(/^v(\d+)/.exec(stdout || '')?.[1] ?? 0);
  if (major < REQUIRED) {
    fail(
      `Node ${REQUIRED} or later is needed, ${(stdout || 'none').trim()} was found: install it from your package manager, then run the command again.`,
    );
  }
}

function build(...flags) {
  const path = [join(modules, '.bin'), process.env.PATH].join(delimiter);
  const { status } = spawnSync('node', [join('scripts', 'build.mjs'), ...flags], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH: path },
    shell: process.platform === 'win32',
  });
  if (status !== 0) fail('The build failed: see above.');
}

const task = process.argv[2];
takeLock();
if (!isInstalled()) install();
checkRuntime();
if (task === 'build') build();
if (task === 'types') build('--types');
