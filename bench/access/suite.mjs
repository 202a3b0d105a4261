import { availableParallelism, cpus, loadavg } from 'node:os';
import { canPin, Process } from '../harness/processes.mjs';
import { median, round, table } from '../harness/statistics.mjs';

const NAMES = {
  bare: 'bare route',
  bare_again: 'bare route, once more',
  control: 'control: only defers',
  session_cookie: 'session cookie, in memory',
  access_token: 'access token, in memory',
  machine_token: 'M2M token, in memory',
  api_key: 'API key, in memory',
  access_token_first_seen: 'access token, seen for the first time',
};

/** Over the rounds, so that one bad round does not decide. */
const between = (first, second, compare) =>
  median(first.byRound.map((cpu, at) => compare(cpu, second.byRound[at])));
const difference = (first, second) => between(first, second, (a, b) => b - a);
const ratio = (first, second) => between(first, second, (a, b) => a / b);

/** What each kind of credential costs before the same route, beside the route with nothing before it. */
export async function run({ quick }) {
  const machine = `${availableParallelism()} cores, ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`;
  console.error(`${machine}; load before: ${loadavg()[0].toFixed(1)}`);
  if (!canPin)
    console.error('Processes cannot be bound to cores here: small differences will not be resolved.');
  const started = performance.now();
  const part = new Process('access/requests.mjs', { cpu: 1, context: { quick } });
  const rows = await part.receive();
  await part.stop();
  const seconds = Math.round((performance.now() - started) / 1000);
  const { bare, bare_again: again, control } = rows;
  const noise = Math.abs(difference(bare, again));
  const controlPassed = difference(bare, control) >= 0;
  // A difference no larger than that of two identical servers is none.
  const isResolved = (row) => controlPassed && Math.abs(difference(bare, row)) > noise;
  const lines = Object.entries(rows).map(([name, row]) => [
    NAMES[name],
    row.cpu.toFixed(1),
    name === 'bare' ? '' : difference(bare, row).toFixed(1),
    name === 'bare' ? '' : ratio(bare, row).toFixed(3) + (isResolved(row) ? '' : ' *'),
    row.p50.toFixed(0),
    row.p99.toFixed(0),
  ]);
  console.log(`\nA request, one in flight, by what it is known by
${table([['', 'server CPU us', 'over bare', 'bare / this', 'p50 us', 'p99 us'], ...lines])}
Bare against bare: ${noise.toFixed(1)} us. Control: ${controlPassed ? 'passed' : 'FAILED, it beat the bare route'}.
* not resolved in this run

${quick ? 'Quick run: to see that it works, not to measure. ' : ''}${seconds} s.`);
  const of = (read) =>
    Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, round(read(row), 4)]));
  const results = {
    server_cpu_us: of(({ cpu }) => cpu),
    over_bare_us: of((row) => difference(bare, row)),
    bare_over: of((row) => ratio(bare, row)),
    p50_us: of(({ p50 }) => p50),
    p99_us: of(({ p99 }) => p99),
    resolved: Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, isResolved(row)])),
    bare_against_bare_us: round(noise),
    control_passed: controlPassed,
  };
  console.log(JSON.stringify({ bench: 'access', results: { ...results, quick, seconds, machine } }));
}
