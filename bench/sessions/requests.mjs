import { Connection, requestBytes } from '../harness/connection.mjs';
import { context, Process } from '../harness/processes.mjs';
import { median, quantile } from '../harness/statistics.mjs';
import { startPostgres, startRedis } from '../harness/stores.mjs';
import { startUpstream } from './upstream.mjs';

/** Name, server, mode, store. The order in which they take turns changes from turn to turn. */
const VARIANTS = [
  ['bare', 'bare'],
  ['bare_again', 'bare'],
  ['control', 'control'],
  ['guarded_hit', 'gatehouse', 'hit', 'redis'],
  ['guarded_passport', 'gatehouse', 'passport', 'redis'],
  ['guarded_miss_redis', 'gatehouse', 'miss', 'redis'],
  ['guarded_miss_postgres', 'gatehouse', 'miss', 'postgres'],
  ['express_session_redis', 'express-session'],
  ['sealed', 'sealed'],
  ['authkit_session', 'authkit-session'],
  ['better_auth_cached', 'better-auth', 'cached'],
  ['better_auth_postgres', 'better-auth', 'database'],
];
/** Where the differences are small, the windows are longer. */
const CLOSE = new Set(['bare', 'bare_again', 'control', 'guarded_hit', 'guarded_passport']);
/** These play in every round, the others in every third. */
const ALWAYS = new Set([...CLOSE, 'sealed']);

const { rounds, turns, window, warmUp } = context.quick
  ? { rounds: 1, turns: 4, window: 100, warmUp: 500 }
  : { rounds: 6, turns: 14, window: 100, warmUp: 12_000 };
const WARMING_CONNECTIONS = 8;

/** A variant in a fresh process on core 0, and a connection to it from core 1. */
class Contestant {
  cpu = [];
  latencies = [];

  constructor(name, server) {
    this.name = name;
    this.server = server;
  }

  async open() {
    const { port, headers } = await this.server.receive();
    this.connection = new Connection(port);
    this.request = requestBytes('GET', '/route', headers);
    await this.warmUp(port);
  }

  /** V8 goes on compiling for some ten thousand requests; until then one measures the compiler. */
  async warmUp(port) {
    const others = Array.from({ length: WARMING_CONNECTIONS }, () => new Connection(port));
    const each = Math.ceil(warmUp / WARMING_CONNECTIONS);
    await Promise.all(others.map((connection) => this.run(each, connection)));
    for (const connection of others) connection.close();
    await this.run(window);
    this.latencies.length = 0;
  }

  async run(requests, connection = this.connection) {
    for (let sent = 0; sent < requests; sent++) {
      const start = performance.now();
      const status = await connection.send(this.request);
      this.latencies.push((performance.now() - start) * 1000);
      if (status !== 200) throw new Error(`${this.name} answered ${status}.`);
    }
  }

  async measure() {
    const requests = CLOSE.has(this.name) ? window * 5 : window;
    const before = await this.server.ask({ type: 'usage' });
    await this.run(requests);
    const after = await this.server.ask({ type: 'usage' });
    this.cpu.push((after.user + after.system - before.user - before.system) / requests);
  }

  async close() {
    this.connection?.close();
    await this.server.stop('SIGKILL');
  }
}

async function playRound(shared, variants) {
  const contestants = [];
  try {
    for (const [name, file, mode, store] of variants) {
      const { redisUrl, ...others } = shared;
      const known = { ...others, mode, ...(store === 'postgres' ? {} : { redisUrl }) };
      const server = new Process('variants/server.mjs', { args: [file], cpu: 0, context: known });
      const contestant = new Contestant(name, server);
      contestants.push(contestant);
      await contestant.open();
    }
    for (let turn = 0; turn < turns; turn++) {
      for (let place = 0; place < contestants.length; place++) {
        // 5 has no common factor with their number: neighbours change, everybody comes first once in a while.
        await contestants[(place * (turn % 2 === 0 ? 1 : 5) + turn) % contestants.length].measure();
      }
    }
    return Object.fromEntries(contestants.map(({ name, cpu, latencies }) => [name, { cpu, latencies }]));
  } finally {
    for (const contestant of contestants) await contestant.close();
  }
}

const [postgres, redis, upstream] = await Promise.all([startPostgres(), startRedis(), startUpstream()]);
const shared = { databaseUrl: postgres.url, redisUrl: redis.url, sandbox: upstream.known };
const played = [];
for (let round = 0; round < rounds; round++) {
  played.push(
    await playRound(shared, round % 3 === 0 ? VARIANTS : VARIANTS.filter(([name]) => ALWAYS.has(name))),
  );
  console.error(`  round ${round + 1} of ${rounds}`);
}

const rows = Object.fromEntries(
  VARIANTS.map(([name]) => {
    const own = played.filter((round) => name in round);
    const byRound = played.map((round) => (name in round ? median(round[name].cpu) : null));
    const latencies = own.flatMap((round) => round[name].latencies);
    const mean = latencies.reduce((sum, time) => sum + time, 0) / latencies.length;
    return [
      name,
      {
        cpu: median(byRound.filter((cpu) => cpu !== null)),
        byRound,
        p50: median(latencies),
        p99: quantile(latencies, 0.99),
        perSecond: 1e6 / mean,
      },
    ];
  }),
);
await Promise.all([postgres.stop(), redis.stop(), upstream.close()]);
process.send(rows);
process.disconnect();
