import { Connection, requestBytes } from '../harness/connection.mjs';
import { context, Process } from '../harness/processes.mjs';
import { median } from '../harness/statistics.mjs';
import { startPostgres, startRedis } from '../harness/stores.mjs';
import { startUpstream } from './upstream.mjs';

const { rounds, requests, warmUp } = context.quick
  ? { rounds: 1, requests: 1000, warmUp: 2000 }
  : { rounds: 5, requests: 8000, warmUp: 20_000 };
/** A young generation that holds what a batch of checks leaves behind. */
const MEASURED = ['--expose-gc', '--max-semi-space-size=128'];

/** The check inside a server that answers requests, one in flight and then many. */
async function insideServer(shared) {
  const known = { ...shared, mode: 'watched' };
  const server = new Process('variants/server.mjs', {
    args: ['gatehouse'],
    cpu: 0,
    context: known,
    nodeArgs: MEASURED,
  });
  const { port, headers } = await server.receive();
  const request = requestBytes('GET', '/route', headers);
  const connections = Array.from({ length: 16 }, () => new Connection(port));
  const run = async (count, clients) => {
    const send = async (connection) => {
      for (let sent = 0; sent < count / clients.length; sent++) await connection.send(request);
    };
    await Promise.all(clients.map(send));
    return server.ask({ type: 'times' });
  };
  await run(warmUp, connections);
  const alone = await run(requests, connections.slice(0, 1));
  const busy = await run(requests, connections);
  const garbage = await server.ask({ type: 'garbage' });
  for (const connection of connections) connection.close();
  await server.stop('SIGKILL');
  return { alone, busy, garbage };
}

/** The bare operations of two ways to check a session, in turns in one process. */
async function inProcess(shared) {
  const child = new Process('sessions/check-in-process.mjs', {
    cpu: 0,
    context: { ...shared, batches: context.quick ? 3 : 12 },
    nodeArgs: MEASURED,
  });
  const result = await child.receive();
  await child.stop('SIGKILL');
  return result;
}

const [postgres, redis, upstream] = await Promise.all([startPostgres(), startRedis(), startUpstream()]);
const shared = { databaseUrl: postgres.url, redisUrl: redis.url, sandbox: upstream.known };
const played = [];
for (let round = 0; round < rounds; round++) {
  played.push({ server: await insideServer(shared), process: await inProcess(shared) });
}
await Promise.all([postgres.stop(), redis.stop(), upstream.close()]);
const of = (pick) => median(played.map(pick));
process.send({
  alone: {
    p50: of(({ server }) => server.alone.p50),
    mean: of(({ server }) => server.alone.mean),
    p99: of(({ server }) => server.alone.p99),
  },
  busy: { p50: of(({ server }) => server.busy.p50), mean: of(({ server }) => server.busy.mean) },
  garbage: of(({ server }) => server.garbage),
  process: {
    ours: of(({ process }) => process.ours),
    sealed: of(({ process }) => process.sealed),
    ratio: of(({ process }) => process.sealed / process.ours),
    oursGarbage: of(({ process }) => process.oursGarbage),
    sealedGarbage: of(({ process }) => process.sealedGarbage),
  },
});
process.disconnect();
