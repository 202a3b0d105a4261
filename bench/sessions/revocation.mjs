import { Connection, requestBytes } from '../harness/connection.mjs';
import { context } from '../harness/processes.mjs';
import { median, quantile } from '../harness/statistics.mjs';
import { startPostgres, startRedis } from '../harness/stores.mjs';
import { freePorts, openStore, startNodes } from './nodes.mjs';
import { insertSession, sampleRecord } from './sample.mjs';
import { startUpstream } from './upstream.mjs';

const REVOCATIONS = context.quick ? 20 : 200;
/** Milliseconds between two questions to a node, and until it counts as deaf. */
const PAUSE = 1;
const PATIENCE = 10_000;

const me = (token) => requestBytes('GET', '/v1/me', { Cookie: `session=${token}` });

/** Asks a node until it refuses. @returns when the refusal came */
async function untilRefused(connection, request) {
  const giveUp = performance.now() + PATIENCE;
  while (performance.now() < giveUp) {
    const status = await connection.send(request);
    if (status === 401) return performance.now();
    if (status !== 200) throw new Error(`A node answered ${status}.`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  throw new Error(`A node still accepted a revoked session after ${PATIENCE} ms.`);
}

async function revokeOne(first, others, store, owner, ownerToken) {
  const { token, record } = await insertSession(store, { user: owner });
  const request = me(token);
  for (const connection of [first, ...others]) {
    // Asked twice: the second answer comes from the node's memory.
    for (const _ of [1, 2]) {
      const status = await connection.send(request);
      if (status !== 200) throw new Error(`A node answered ${status} to a good session.`);
    }
  }
  const refusals = others.map((connection) => untilRefused(connection, request));
  const status = await first.send(
    requestBytes('DELETE', `/v1/sessions/${record.id}`, { Cookie: `session=${ownerToken}` }),
  );
  const answered = performance.now();
  if (status !== 204) throw new Error(`DELETE answered ${status}.`);
  const refused = await Promise.all(refusals);
  // A node that refuses before the answer is there was quick enough.
  return Math.max(0, ...refused.map((at) => at - answered));
}

async function measure(known) {
  const nodes = await startNodes(known, await freePorts());
  const { store, close } = await openStore(nodes.settings);
  const owner = sampleRecord().user;
  const { token } = await insertSession(store, { user: owner });
  const [first, ...others] = nodes.ports.map((port) => new Connection(port));
  const times = [];
  try {
    for (let done = 0; done < REVOCATIONS; done++) {
      times.push(await revokeOne(first, others, store, owner, token));
    }
  } finally {
    for (const connection of [first, ...others]) connection.close();
    await close();
    await nodes.stop();
  }
  return { p50: median(times), p99: quantile(times, 0.99), max: Math.max(...times) };
}

const upstream = await startUpstream();
const postgres = await startPostgres();
const redis = await startRedis();
const known = { databaseUrl: postgres.url, sandbox: upstream.known };
const overPostgres = await measure(known);
const overRedis = await measure({ ...known, redisUrl: redis.url });
await Promise.all([postgres.stop(), redis.stop(), upstream.close()]);
process.send({ revocations: REVOCATIONS, redis: overRedis, postgres: overPostgres });
process.disconnect();
