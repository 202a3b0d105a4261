import { setTimeout as pause } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import pg from 'pg';
import { Clock } from '../../dist/src/common/clock.js';
import { ConfigModule } from '../../dist/src/config/config.module.js';
import { parseEmail } from '../../dist/src/identity/email-domain.js';
import { OrganizationSource } from '../../dist/src/identity/organization-source.port.js';
import { OrganizationsModule } from '../../dist/src/organizations/organizations.module.js';
import { OrganizationsService } from '../../dist/src/organizations/organizations.service.js';
import { context, serve } from '../harness/processes.mjs';
import { startPostgres } from '../harness/stores.mjs';
import { median, quantile } from '../harness/statistics.mjs';
import { serviceEnv } from '../variants/gatehouse.mjs';

const { domains, quick } = context;
const WARM = quick ? 500 : 3000;
const TIMED = quick ? 100 : 200;
const KEPT = quick ? 2000 : 20_000;
/** Domains that are asked for: more than fit into any cache by chance, and the same number for every size. */
const ASKED = 5000;

const postgres = await startPostgres({ unsafe: true });
const sandbox = {
  apiKey: 'sk_sandbox_gatehouse_not_a_secret',
  clientId: 'client_01HGATEH0VSESANDB0XAPP0001',
  url: 'http://127.0.0.1:9',
};

class Root {}
const app = await NestFactory.createApplicationContext(
  {
    module: Root,
    imports: [ConfigModule.forRoot(serviceEnv({ sandbox, databaseUrl: postgres.url })), OrganizationsModule],
  },
  { logger: ['error'], abortOnError: false },
);
const organizations = app.get(OrganizationsService, { strict: false });
/** WorkOS says what the copy has, a little later. */
let asked = 0;
app.get(OrganizationSource, { strict: false }).findByDomain = async (domain) => {
  asked += 1;
  await pause(5);
  const number = /\d+/.exec(domain)[0];
  const updatedAt = new Date(0);
  const connection = { id: `conn_${number}`, name: 'Okta', type: 'OktaSAML', state: 'active', updatedAt };
  return [
    {
      id: `org_${number}`,
      name: `Company ${number}`,
      updatedAt,
      domains: [{ id: `org_domain_${number}`, domain, state: 'verified', updatedAt }],
      connections: [connection],
    },
  ];
};
const clock = app.get(Clock, { strict: false });
let moved = 0;
const now = clock.now.bind(clock);
clock.now = () => new Date(now().getTime() + moved);

/** One in ten organizations has a second domain that waits, and as many a connection that is switched off. */
const client = new pg.Client({ connectionString: postgres.url });
await client.connect();
await client.query(
  `insert into organizations (id, name, synced_at, version)
     select 'org_' || at, 'Company ' || at, now(), '' from generate_series(1, $1::int) as at`,
  [domains],
);
await client.query(
  `insert into organization_domains (id, organization_id, domain, state, version)
     select 'org_domain_' || at, 'org_' || at, 'company-' || at || '.example', 'verified', ''
     from generate_series(1, $1::int) as at
     union all
     select 'org_domain_p' || at, 'org_' || at, 'company-' || at || '.test', 'pending', ''
     from generate_series(10, $1::int, 10) as at`,
  [domains],
);
await client.query(
  `insert into connections (id, organization_id, name, type, state, version)
     select 'conn_' || at, 'org_' || at, 'Okta', 'OktaSAML', 'active', '' from generate_series(1, $1::int) as at
     union all
     select 'conn_i' || at, 'org_' || at, 'Old', 'OktaSAML', 'inactive', '' from generate_series(10, $1::int, 10) as at`,
  [domains],
);
for (const name of ['organizations', 'organization_domains', 'connections'])
  await client.query(`vacuum analyze ${name}`);
const { rows } = await client.query(
  `select sum(pg_total_relation_size(name::regclass))::float8 as bytes
     from unnest(array['organizations', 'organization_domains', 'connections']) as name`,
);

const step = Math.max(1, Math.floor(domains / ASKED));
const numbers = Array.from({ length: Math.min(ASKED, domains) }, (_, at) => 1 + at * step);

async function lookUp(at) {
  const number = numbers[(at * 7919) % numbers.length];
  const email = parseEmail(`Ada.Lovelace@Company-${number}.example`);
  const route = await organizations.route(email.domain);
  if (route.connectionId !== `conn_${number}`)
    throw new Error(`Company ${number} was routed to ${JSON.stringify(route)}.`);
}

/** All that WorkOS is being asked is in the copy. */
const answers = () => Promise.all(organizations.asking.values());

/** Nobody has looked for half a minute: WorkOS is asked behind the answer, which is timed, and that is waited for, untimed. */
async function timesAfterSilence(count) {
  const before = asked;
  const times = [];
  for (let at = 0; at < count; at++) {
    moved += 31_000;
    times.push(...(await timesOf(() => lookUp(at), 1)));
    await answers();
  }
  if (asked - before !== count) throw new Error(`WorkOS was asked ${asked - before} times, not ${count}.`);
  return times;
}

/** The same statement without the service: what of a look-up is PostgreSQL and its wire. */
async function bareQuery(at) {
  const number = numbers[(at * 7919) % numbers.length];
  await client.query(
    `select d.id, c.id from organization_domains d left join organizations o on o.id = d.organization_id
       left join connections c on c.organization_id = d.organization_id and c.state = 'active'
       where d.domain = $1 and d.state in ('verified', 'legacy_verified') and o.deleted_at is null`,
    [`company-${number}.example`],
  );
}

async function timesOf(work, count) {
  const times = [];
  for (let at = 0; at < count; at++) {
    const started = performance.now();
    await work(at);
    times.push((performance.now() - started) * 1000);
  }
  return times;
}

/** Bytes that look-ups leave behind for good, once each domain has been asked for. */
async function memoryOf(count) {
  await timesOf(lookUp, ASKED);
  await answers();
  globalThis.gc();
  const before = process.memoryUsage();
  for (let at = 0; at < count; at++) await lookUp(at);
  await answers();
  globalThis.gc();
  const after = process.memoryUsage();
  return Math.max(0, after.heapUsed + after.external - before.heapUsed - before.external);
}

await timesOf(lookUp, WARM);
await answers();
await timesOf(bareQuery, WARM);
serve({
  round: async () => {
    const times = await timesAfterSilence(TIMED);
    const query = median(await timesOf(bareQuery, TIMED));
    return { median: median(times), p99: quantile(times, 0.99), query };
  },
  memory: async () => ({ memory: await memoryOf(KEPT) }),
  stop: async () => {
    await client.end();
    await app.close();
    await postgres.stop();
    return {};
  },
});
process.send({ stored: rows[0].bytes });
