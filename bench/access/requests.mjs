import pg from 'pg';
import { Connection, requestBytes } from '../harness/connection.mjs';
import { context, Process } from '../harness/processes.mjs';
import { median, quantile } from '../harness/statistics.mjs';
import { startPostgres } from '../harness/stores.mjs';
import { API_KEY, insertPerson, startIssuer } from './credentials.mjs';

const { rounds, turns, window, warmUp } = context.quick
  ? { rounds: 1, turns: 3, window: 60, warmUp: 400 }
  : { rounds: 4, turns: 14, window: 400, warmUp: 12_000 };
/** Each of these requests is a token that has to be made first. */
const fresh = { window: Math.ceil(window / 10), warmUp: Math.ceil(warmUp / 8) };

const postgres = await startPostgres();
const issuer = await startIssuer();
const bearer = (token) => ({ Authorization: `Bearer ${token}` });

/** Name, server, and who sends what: `null` leaves it to the server's own session, a function makes one for each request. */
const VARIANTS = [
  ['bare', 'bare', null],
  ['bare_again', 'bare', null],
  ['control', 'control', null],
  ['session_cookie', 'gatehouse', null],
  ['access_token', 'gatehouse', bearer(await issuer.userToken())],
  ['machine_token', 'gatehouse', bearer(await issuer.machineToken())],
  ['api_key', 'gatehouse', bearer(API_KEY)],
  ['access_token_first_seen', 'gatehouse', async () => bearer(await issuer.userToken())],
];

/** A server in a fresh process on core 0, and a connection to it from core 1. */
class Contestant {
  cpu = [];
  latencies = [];

  constructor(name, server, headers) {
    this.name = name;
    this.server = server;
    this.headers = headers;
    this.size = typeof headers === 'function' ? fresh : { window, warmUp };
  }

  async open() {
    const { port, headers } = await this.server.receive();
    this.own = headers;
    this.connection = new Connection(port);
    // V8 goes on compiling for some ten thousand requests; until then one measures the compiler.
    await this.run(await this.requests(this.size.warmUp));
    this.latencies.length = 0;
  }

  /** Made before anything is timed. */
  async requests(count) {
    if (typeof this.headers !== 'function')
      return Array(count).fill(requestBytes('GET', '/route', this.headers ?? this.own));
    const requests = [];
    for (let made = 0; made < count; made++)
      requests.push(requestBytes('GET', '/route', await this.headers()));
    return requests;
  }

  async run(requests) {
    for (const request of requests) {
      const start = performance.now();
      const status = await this.connection.send(request);
      this.latencies.push((performance.now() - start) * 1000);
      if (status !== 200) throw new Error(`${this.name} was answered ${status}.`);
    }
  }

  async measure() {
    const requests = await this.requests(this.size.window);
    const before = await this.server.ask({ type: 'usage' });
    await this.run(requests);
    const after = await this.server.ask({ type: 'usage' });
    this.cpu.push((after.user + after.system - before.user - before.system) / requests.length);
  }

  async close() {
    this.connection?.close();
    await this.server.stop('SIGKILL');
  }
}

async function playRound() {
  const contestants = [];
  try {
    for (const [name, file, headers] of VARIANTS) {
      const known = { databaseUrl: postgres.url, sandbox: issuer.known, mode: 'hit' };
      const server = new Process('variants/server.mjs', { args: [file], cpu: 0, context: known });
      const contestant = new Contestant(name, server, headers);
      contestants.push(contestant);
      if (file === 'gatehouse') await makePersonKnown();
      await contestant.open();
    }
    for (let turn = 0; turn < turns; turn++) {
      for (let place = 0; place < contestants.length; place++) {
        // 3 has no common factor with their number: neighbours change, everybody comes first once in a while.
        await contestants[(place * (turn % 2 === 0 ? 1 : 3) + turn) % contestants.length].measure();
      }
    }
    return Object.fromEntries(contestants.map(({ name, cpu, latencies }) => [name, { cpu, latencies }]));
  } finally {
    for (const contestant of contestants) await contestant.close();
  }
}

/** The first server makes the tables. */
let known;
function makePersonKnown() {
  known ??= (async () => {
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    for (let tries = 0; ; tries++) {
      const { rows } = await client.query(`select to_regclass('memberships') is not null as there`);
      if (rows[0].there) break;
      if (tries > 300) throw new Error('The service did not make its tables.');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await insertPerson(client);
    await client.end();
  })();
  return known;
}

const played = [];
for (let round = 0; round < rounds; round++) {
  played.push(await playRound());
  console.error(`  round ${round + 1} of ${rounds}`);
}
const rows = Object.fromEntries(
  VARIANTS.map(([name]) => {
    const byRound = played.map((round) => median(round[name].cpu));
    const latencies = played.flatMap((round) => round[name].latencies);
    return [name, { cpu: median(byRound), byRound, p50: median(latencies), p99: quantile(latencies, 0.99) }];
  }),
);
issuer.close();
await postgres.stop();
process.send(rows);
process.disconnect();
