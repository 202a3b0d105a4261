import { NestFactory } from '@nestjs/core';
import { AuthModule } from '../../dist/src/auth/auth.module.js';
import { readConfig } from '../../dist/src/config/config.js';
import { SessionStore } from '../../dist/src/sessions/session-store.port.js';
import { SessionsService } from '../../dist/src/sessions/sessions.service.js';
import { context } from '../harness/processes.mjs';
import { median } from '../harness/statistics.mjs';
import { serviceEnv } from '../variants/gatehouse.mjs';
import { COOKIE_PASSWORD } from '../variants/sandbox-sign-in.mjs';
import { sealedSession } from '../variants/sealed.mjs';
import { insertSession } from './sample.mjs';

const OURS = 40_000;
const SEALED = 200;

class Root {}
const app = await NestFactory.createApplicationContext(
  { module: Root, imports: [AuthModule.forRoot(readConfig(serviceEnv(context)))] },
  { logger: ['error'], abortOnError: false },
);
const sessions = app.get(SessionsService, { strict: false });
const { token } = await insertSession(app.get(SessionStore, { strict: false }));

const { workos, sessionData } = await sealedSession(context.sandbox);

/** Brings the session into the node's memory, and lets the node hear its bus. */
async function remember() {
  while (!sessions.recognize(token)) {
    if (!(await sessions.authenticate(token))) throw new Error('The session was not found.');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function ours(checks) {
  for (let done = 0; done < checks; done++) {
    if (!sessions.recognize(token)) throw new Error('The session was not in memory.');
  }
}

async function sealed(checks) {
  for (let done = 0; done < checks; done++) {
    const session = workos.userManagement.loadSealedSession({ sessionData, cookiePassword: COOKIE_PASSWORD });
    const { authenticated } = await session.authenticate();
    if (!authenticated) throw new Error('The sealed session was refused.');
  }
}

/** Microseconds of CPU for one, over all threads. */
async function cpuOf(run, checks) {
  const before = process.cpuUsage();
  await run(checks);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / checks;
}

/** Bytes that one leaves behind, buffers outside the heap included. */
async function garbageOf(run, checks) {
  globalThis.gc();
  const before = process.memoryUsage();
  await run(checks);
  const after = process.memoryUsage();
  return (after.heapUsed + after.external - before.heapUsed - before.external) / checks;
}

await remember();
await ours(OURS);
await sealed(SEALED);
const taken = { ours: [], sealed: [], oursGarbage: [], sealedGarbage: [] };
for (let batch = 0; batch < context.batches; batch++) {
  await remember();
  taken.ours.push(await cpuOf(ours, OURS));
  taken.sealed.push(await cpuOf(sealed, SEALED));
  taken.oursGarbage.push(await garbageOf(ours, 5000));
  taken.sealedGarbage.push(await garbageOf(sealed, 40));
}
process.send(Object.fromEntries(Object.entries(taken).map(([name, values]) => [name, median(values)])));
