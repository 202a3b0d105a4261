import { SessionCache } from '../../dist/src/sessions/session-cache.js';
import { LastSeenWriter } from '../../dist/src/sessions/last-seen.writer.js';
import { SessionsService } from '../../dist/src/sessions/sessions.service.js';
import { context, serve } from '../harness/processes.mjs';
import { openStore } from './nodes.mjs';
import { sampleToken } from './sample.mjs';

/** Requests under way at a time. */
const WIDTH = 40;

const { app } = await openStore(context);
const sessions = app.get(SessionsService, { strict: false });
const cache = app.get(SessionCache, { strict: false });
const lastSeen = app.get(LastSeenWriter, { strict: false });

async function settledHeap() {
  await lastSeen.flush();
  for (const _ of [1, 2, 3]) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    globalThis.gc();
  }
  return process.memoryUsage().heapUsed;
}

/** As it comes with a request: a part of the text of its header. */
function tokenAt(at) {
  const header = Buffer.from(`session=${sampleToken(at)}; theme=dark`).toString();
  return header.slice('session='.length, header.indexOf(';'));
}

/** Uses `count` different sessions, spread over the first `among` of the store. */
async function use(among, count) {
  let next = 0;
  const row = async () => {
    while (next < count) {
      const at = Math.floor((next++ / count) * among);
      if (!(await sessions.authenticate(tokenAt(at)))) throw new Error(`Session ${at} was not found.`);
    }
  };
  await Promise.all(Array.from({ length: WIDTH }, row));
}

await use(200, 200);
const empty = await settledHeap();
serve({
  use: async ({ among, count }) => {
    await use(among, count);
    const heap = await settledHeap();
    return {
      heap,
      cached: cache.size,
      perSession: (heap - empty) / cache.size,
      rss: process.memoryUsage().rss,
    };
  },
});
process.send('ready');
