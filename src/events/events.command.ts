import { createNoopMeter } from '@opentelemetry/api';
import { AuditLog } from '../audit/audit-log.service.js';
import { AuditRepository } from '../audit/audit.repository.js';
import { SystemClock } from '../common/clock.js';
import { SystemRandom } from '../common/random.js';
import type { Database } from '../database/database.js';
import { openForOperators } from '../database/operators-database.js';
import { DeadLetters } from './dead-letters.repository.js';
import type { DeadLetter } from './event.schemas.js';

const USAGE = `npm run events -- list             events that were set aside, the latest 1000 first
npm run events -- show <id>        one of them, with its payload
npm run events -- replay <id>      lets it go again
npm run events -- replay --all     lets all of them go again`;

const LISTED = 1000;

export interface CommandResult {
  readonly exitCode: 0 | 1 | 2;
  readonly text: string;
}

/** The operators' command line over dead letters. Exit codes: 0 done, 1 no such event, 2 not understood. */
export async function eventsCommand(
  databaseUrl: string | null,
  [verb, what, ...rest]: readonly string[],
): Promise<CommandResult> {
  const known =
    verb === 'list' ? what === undefined : (verb === 'show' || verb === 'replay') && what !== undefined;
  if (verb === '--help') return { exitCode: 0, text: USAGE };
  if (!known || rest.length > 0) return { exitCode: 2, text: USAGE };
  const database = openForOperators(databaseUrl);
  if (typeof database === 'string') return { exitCode: 2, text: database };
  try {
    const letters = new DeadLetters(database, new SystemClock());
    if (verb === 'list') return await list(letters);
    if (verb === 'show') return await show(letters, what ?? '');
    return await replay(letters, database, what ?? '');
  } finally {
    await database.destroy();
  }
}

async function list(letters: DeadLetters): Promise<CommandResult> {
  const all = await letters.list(LISTED + 1);
  if (all.length === 0) return { exitCode: 0, text: 'No event was set aside.' };
  const more = all.length > LISTED ? `\nThese are the latest ${LISTED}; there are more.` : '';
  return { exitCode: 0, text: `${table(all.slice(0, LISTED))}${more}` };
}

async function show(letters: DeadLetters, id: string): Promise<CommandResult> {
  const letter = await letters.find(id);
  if (!letter) return none(id);
  return { exitCode: 0, text: `${table([letter])}\n\n${JSON.stringify(letter.data, null, 2)}` };
}

async function replay(letters: DeadLetters, database: Database, what: string): Promise<CommandResult> {
  const replayed = await letters.replay(what === '--all' ? null : what);
  if (replayed === 0 && what !== '--all') return none(what);
  const audit = new AuditLog(
    new AuditRepository(database),
    new SystemClock(),
    new SystemRandom(),
    createNoopMeter(),
  );
  await audit.record({ action: 'event.replayed', details: { event: what, replayed } }, null);
  return {
    exitCode: 0,
    text: `${replayed} replayed: done within seconds, or set aside again in a quarter of an hour.`,
  };
}

function none(id: string): CommandResult {
  return { exitCode: 1, text: `No event ${JSON.stringify(id)} was set aside.` };
}

function table(letters: readonly DeadLetter[]): string {
  const rows = letters.flatMap(({ id, event, organizationId, createdAt, failures }) =>
    failures.map(({ handler, attempts, error }) => [
      id,
      event,
      createdAt.toISOString(),
      organizationId ?? '-',
      handler ?? 'the service',
      String(attempts),
      error ?? '',
    ]),
  );
  const all = [['event', 'name', 'created', 'organization', 'given up by', 'attempts', 'reason'], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
