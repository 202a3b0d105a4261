import pg from 'pg';
import { createClient } from 'redis';
import { context, Process } from '../harness/processes.mjs';
import { startPostgres, startRedis } from '../harness/stores.mjs';
import { serviceEnv } from '../variants/gatehouse.mjs';
import { openStore } from './nodes.mjs';
import { insertSession, sampleRecord, sampleToken } from './sample.mjs';
import { startUpstream } from './upstream.mjs';

const SOME = context.quick ? 5000 : 100_000;
const MANY = context.quick ? 20_000 : 1_000_000;
/** Inserts under way at a time. */
const WIDTH = 200;
/** Of one organization, so that no index is made of one entry. */
const TEAM = 500;

/** Through the service's own adapter, one after the other in `WIDTH` rows. */
async function fillRedis(store, count) {
  let next = 0;
  const row = async () => {
    while (next < count) {
      const at = next++;
      const organization = { id: `org_${Math.floor(at / TEAM)}`, name: 'Acme' };
      await insertSession(store, { organization, connectionId: `conn_${at % 1000}` }, sampleToken(at));
    }
  };
  await Promise.all(Array.from({ length: WIDTH }, row));
}

/** By SQL, as copies of a row that the adapter wrote: 1,000,000 of its own inserts would take minutes. */
async function fillPostgres(client, from, to) {
  const { rows } = await client.query(
    `select attname as name from pg_attribute where attrelid = 'sessions'::regclass and attnum > 0 and not attisdropped`,
  );
  const token = `lpad(at::text, 43, '0')`;
  const own = {
    id: `'session_' || ${token}`,
    token_hash: `rtrim(translate(encode(sha256(${token}::bytea), 'base64'), '+/', '-_'), '=')`,
    user_id: `'user_' || ${token}`,
    organization_id: `'org_' || at / ${TEAM}`,
    connection_id: `'conn_' || at % 1000`,
  };
  const columns = rows.map(({ name }) => name);
  const values = columns.map((name) => own[name] ?? `sample.${name}`);
  await client.query(
    `insert into sessions (${columns.join(', ')}) select ${values.join(', ')}
     from generate_series($1::int, $2::int - 1) as at, (select * from sessions where id = 'session_sample') as sample`,
    [from, to],
  );
}

async function inPostgres(known) {
  const settings = serviceEnv(known);
  const { store, close } = await openStore(settings);
  await insertSession(store, { id: 'session_sample' });
  await close();
  const client = new pg.Client({ connectionString: known.databaseUrl });
  await client.connect();
  await fillPostgres(client, 0, SOME);
  await client.query('vacuum analyze sessions');
  const { rows } = await client.query(`select pg_total_relation_size('sessions')::float8 as bytes`);
  const node = new Process('sessions/memory-node.mjs', { context: settings, nodeArgs: ['--expose-gc'] });
  await node.receive();
  const some = await node.ask({ type: 'use', among: SOME, count: SOME });
  await fillPostgres(client, SOME, MANY);
  await client.query('analyze sessions');
  await client.end();
  const many = await node.ask({ type: 'use', among: MANY, count: SOME });
  await node.stop('SIGKILL');
  return { bytes: rows[0].bytes / SOME, some, many };
}

async function inRedis(known) {
  const settings = serviceEnv(known);
  const { store, close } = await openStore(settings);
  const client = await createClient({ url: known.redisUrl }).connect();
  const used = async () => Number(/used_memory:(\d+)/.exec(await client.info('memory'))[1]);
  const before = await used();
  await fillRedis(store, SOME);
  const bytes = ((await used()) - before) / SOME;
  client.destroy();
  await close();
  const node = new Process('sessions/memory-node.mjs', { context: settings, nodeArgs: ['--expose-gc'] });
  await node.receive();
  const some = await node.ask({ type: 'use', among: SOME, count: SOME });
  await node.stop('SIGKILL');
  return { bytes, some };
}

const upstream = await startUpstream();
const postgres = await startPostgres({ unsafe: true });
const redis = await startRedis();
const known = { databaseUrl: postgres.url, sandbox: upstream.known };
const overPostgres = await inPostgres(known);
const overRedis = await inRedis({ ...known, redisUrl: redis.url });
await Promise.all([postgres.stop(), redis.stop(), upstream.close()]);
const recordBytes = Buffer.byteLength(JSON.stringify(sampleRecord()));
process.send({ stored: { some: SOME, many: MANY }, recordBytes, postgres: overPostgres, redis: overRedis });
process.disconnect();
