import { availableParallelism, cpus } from 'node:os';
import { Process } from '../harness/processes.mjs';
import { round, table } from '../harness/statistics.mjs';

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
      'KiB after 50,000 look-ups',
      'stored B/domain',
    ],
  ];
  for (const [at, domains] of sizes.entries()) {
    const part = new Process('organizations/lookups.mjs', {
      context: { domains, quick },
      nodeArgs: ['--expose-gc'],
    });
    const result = await part.receive();
    await part.stop();
    const name = names[at];
    figures[`lookup_us_${name}`] = round(result.median);
    figures[`lookup_p99_us_${name}`] = round(result.p99);
    figures[`query_us_${name}`] = round(result.query);
    figures[`memory_kib_${name}`] = round(result.memory / 1024);
    figures[`stored_bytes_per_domain_${name}`] = round(result.stored / domains);
    rows.push([
      domains.toLocaleString('en'),
      ...[result.median, result.p99, result.query, result.memory / 1024, result.stored / domains].map(
        (value) => round(value),
      ),
    ]);
    console.error(`${domains.toLocaleString('en')} domains: done`);
  }
  figures.lookup_growth = round(figures.lookup_us_1e6 / figures.lookup_us_10);
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(`\n${table(rows)}\n`);
  console.log(
    'A look-up: e-mail address -> canonical domain -> owner -> connection, from a copy that is fresh.',
  );
  console.log(
    'Through OrganizationsService.route: one statement over two indexes, one look-up after the other.',
  );
  console.log(`${quick ? 'Quick run: to see that it works, not to measure. ' : ''}${seconds} s.`);
  console.log(JSON.stringify({ bench: 'organizations', results: { ...figures, quick, seconds, machine } }));
}
