import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedPostgres } from '../../dist/src/database/embedded-postgres.js';

export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** A PostgreSQL of the bench's own, with its usual settings (`unsafe`: without waiting for the disk). */
export async function startPostgres({ unsafe = false } = {}) {
  const dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  // Run as root, the server is handed to `nobody`, who must reach it.
  chmodSync(dataDir, 0o755);
  const server = await EmbeddedPostgres.start({ dataDir, unsafe });
  const stop = async () => {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  return { url: server.url, stop };
}

/** A Redis (or Valkey) of the bench's own, from the PATH, without persistence. */
export async function startRedis() {
  const port = await freePort();
  const args = [
    '--port',
    port,
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    '--daemonize',
    'no',
  ];
  for (const program of ['redis-server', 'valkey-server']) {
    const child = spawn(program, args.map(String), { stdio: ['ignore', 'pipe', 'inherit'], cwd: tmpdir() });
    if (!(await isReady(child))) continue;
    const kill = () => child.kill('SIGKILL');
    process.on('exit', kill);
    const stop = async () => {
      process.off('exit', kill);
      const ended = new Promise((resolve) => child.on('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    };
    return { url: `redis://127.0.0.1:${port}`, stop };
  }
  throw new Error('Neither redis-server nor valkey-server is on the PATH: install one to run this bench.');
}

function isReady(child) {
  return new Promise((resolve, reject) => {
    let log = '';
    child.on('error', (error) => (error.code === 'ENOENT' ? resolve(false) : reject(error)));
    child.on('exit', () => reject(new Error(`The Redis server did not start:\n${log}`)));
    child.stdout.on('data', (chunk) => {
      log = (log + chunk).slice(-4000);
      if (log.includes('eady to accept connections')) resolve(true);
    });
  });
}
