import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the ports that a system hands out by itself: none of these becomes somebody else's end of a connection by chance. */
const FIRST = 20_000;
const WORKERS = 12;
const SHARE = 1000;

/** Each worker of the runner has a share of its own: between the look and the use of a port no other one takes it. */
const share = FIRST + (Number(process.env['JEST_WORKER_ID'] ?? 0) % WORKERS) * SHARE;
let turn = randomInt(SHARE);

/** A port that nobody listens on, for what must know its own address before it listens. No two calls give the same. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < SHARE; tries++) {
    const port = share + (turn++ % SHARE);
    if (await isFree(port)) return port;
  }
  throw new Error(`All ports from ${share} to ${share + SHARE - 1} are taken.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
