import { availableParallelism, cpus } from 'node:os';
import { Process } from '../harness/processes.mjs';
import { median, round, table } from '../harness/statistics.mjs';

const ROUNDS = 9;

/**
 * What it takes to find the connection of an e-mail domain, by how many domains there are: each size in a database and a
 * process of its own. Flat means that neither grows with the number of customers.
 */
export async function run({ quick }) {
  const machine = `${availableParallelism()} cores, ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`;
  console.error(machine);
  const sizes = quick ? [10, 1000, 10_000] : [10, 10_000, 1_000_000];
  const names = ['10', '1e4', '1e6'];
  const started = performance.now();
  const figures = {};
  const rows = [
    [
      'domains',
      'look-up us (median)',
      'p99 us',
      'in PostgreSQL us',
      'KiB kept by 20,000 look-ups',
      'stored B/domain',
    ],
  ];
  const parts = [];
  for (const domains of sizes) {
    const context = { domains, quick };
    const part = new Process('organizations/lookups.mjs', { context, nodeArgs: ['--expose-gc'] });
    parts.push({ part, domains, stored: (await part.receive()).stored, rounds: [] });
    console.error(`${domains.toLocaleString('en')} domains are there`);
  }
  // In turns, so that whatever else the machine does in the meantime meets all of them.
  for (let round = 0; round < (quick ? 3 : ROUNDS); round++)
    for (const { part, rounds } of parts) rounds.push(await part.ask({ type: 'round' }));
  for (const [at, { part, domains, stored, rounds }] of parts.entries()) {
    const { memory } = await part.ask({ type: 'memory' });
    await part.ask({ type: 'stop' });
    await part.stop();
    const of = (name) => median(rounds.map((round) => round[name]));
    const name = names[at];
    figures[`lookup_us_${name}`] = round(of('median'));
    figures[`lookup_p99_us_${name}`] = round(of('p99'));
    figures[`query_us_${name}`] = round(of('query'));
    figures[`memory_kib_${name}`] = round(memory / 1024);
    figures[`stored_bytes_per_domain_${name}`] = round(stored / domains);
    const row = [of('median'), of('p99'), of('query'), memory / 1024, stored / domains];
    rows.push([domains.toLocaleString('en'), ...row.map((value) => round(value))]);
  }
  figures.lookup_growth = round(figures.lookup_us_1e6 / figures.lookup_us_10);
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(`\n${table(rows)}\n`);
  console.log(
    'A look-up: e-mail address -> canonical domain -> owner -> connection, from the copy. Nobody has asked for the domain in the',
  );
  console.log(
    'last half minute: WorkOS is asked behind the answer, each time, and the look-up does not wait for it.',
  );
  console.log(
    'Through OrganizationsService.route: one statement over two indexes, one look-up after the other.',
  );
  console.log(`${quick ? 'Quick run: to see that it works, not to measure. ' : ''}${seconds} s.`);
  console.log(JSON.stringify({ bench: 'organizations', results: { ...figures, quick, seconds, machine } }));
}
