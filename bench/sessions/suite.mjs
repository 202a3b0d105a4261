import { availableParallelism, cpus, loadavg } from 'node:os';
import { canPin, Process } from '../harness/processes.mjs';
import { report } from './report.mjs';

/** Milliseconds after which a part is given up. */
const PATIENCE = 900_000;

/** In requests and check, the servers get core 0 to themselves, and everything else is on core 1. */
const PARTS = [
  { name: 'requests', cpu: 1 },
  { name: 'check', cpu: 1 },
  { name: 'revocation' },
  { name: 'storm' },
  { name: 'memory' },
];

async function play({ name, cpu }, quick) {
  const part = new Process(`sessions/${name}.mjs`, { cpu, context: { quick } });
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`The part ${name} takes too long.`)), PATIENCE);
  });
  try {
    return await Promise.race([part.receive(), late]);
  } finally {
    clearTimeout(timer);
    await part.stop();
  }
}

/**
 * Runs the parts one after the other and prints what came out: a table for people, and one line of JSON last. A part that
 * fails is missing in both, and the command ends with 1.
 */
export async function run({ quick, only }) {
  const machine = `${availableParallelism()} cores, ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`;
  console.error(`${machine}; load before: ${loadavg()[0].toFixed(1)}`);
  if (!canPin)
    console.error('Processes cannot be bound to cores here: small differences will not be resolved.');
  const started = performance.now();
  const results = {};
  for (const part of PARTS) {
    if (only && !only.includes(part.name)) continue;
    const begun = performance.now();
    try {
      results[part.name] = await play(part, quick);
      console.error(`${part.name}: ${((performance.now() - begun) / 1000).toFixed(0)} s`);
    } catch (error) {
      console.error(`${part.name} failed: ${error.stack}`);
      process.exitCode = 1;
    }
  }
  const { text, figures } = report(results);
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(
    `\n${text}\n\n${quick ? 'Quick run: to see that it works, not to measure. ' : ''}${seconds} s.`,
  );
  console.log(JSON.stringify({ bench: 'sessions', results: { ...figures, quick, seconds, machine } }));
}
