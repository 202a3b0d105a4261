import { randomBytes } from 'node:crypto';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { NestFactory } from '@nestjs/core';
import { AuthModule } from '../../dist/src/auth/auth.module.js';
import { readConfig } from '../../dist/src/config/config.js';
import { SessionStore } from '../../dist/src/sessions/session-store.port.js';
import { freePort } from '../harness/stores.mjs';
import { serviceEnv } from '../variants/gatehouse.mjs';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
export const NODES = 4;

/** Four processes of the whole service, as it is started in production, over the same stores. */
export async function startNodes(known, ports, env = {}) {
  const settings = {
    ...serviceEnv(known),
    // The same on all nodes.
    SESSION_KEYS: randomBytes(32).toString('base64'),
    APP_URL: `http://localhost:${ports[0]}`,
    RATE_LIMIT: '0',
    ...env,
  };
  const children = ports.map((port) =>
    spawn(process.execPath, [MAIN], {
      env: { PATH: process.env.PATH, ...settings, PORT: String(port) },
      stdio: ['ignore', 'ignore', 'inherit'],
    }),
  );
  const kill = () => children.forEach((child) => child.kill('SIGKILL'));
  process.on('exit', kill);
  for (const [at, port] of ports.entries()) await untilReady(port, children[at]);
  const stop = async () => {
    process.off('exit', kill);
    await Promise.all(
      children.map((child) => {
        const ended = new Promise((resolve) => child.on('exit', resolve));
        child.kill('SIGKILL');
        return ended;
      }),
    );
  };
  return { ports, settings, stop };
}

export function freePorts() {
  return Promise.all(Array.from({ length: NODES }, freePort));
}

async function untilReady(port, child) {
  const giveUp = performance.now() + 60_000;
  while (child.exitCode === null && performance.now() < giveUp) {
    try {
      if ((await fetch(`http://127.0.0.1:${port}/health/ready`)).ok) return;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('A node of the service did not become ready.');
}

/** The service's own session store, without a server. */
export async function openStore(settings) {
  class Root {}
  const app = await NestFactory.createApplicationContext(
    { module: Root, imports: [AuthModule.forRoot(readConfig(settings))] },
    { logger: ['error'], abortOnError: false },
  );
  return { store: app.get(SessionStore, { strict: false }), app, close: () => app.close() };
}
