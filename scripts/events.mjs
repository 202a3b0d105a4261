// The operators' command line over events that were set aside. Talks to the database alone: it works with the service down.
import { existsSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import { EmbeddedPostgres } from '../dist/src/database/embedded-postgres.js';
import { eventsCommand } from '../dist/src/events/events.command.js';

if (existsSync('.env')) process.loadEnvFile('.env');
// Audit records go to the database; here they would stand between the words for people.
Logger.overrideLogger(false);
const { DATABASE_URL, DATA_DIR = './data' } = process.env;
try {
  const databaseUrl = DATABASE_URL || EmbeddedPostgres.runningUrl(DATA_DIR);
  const { exitCode, text } = await eventsCommand(databaseUrl, process.argv.slice(2));
  (exitCode === 0 ? console.log : console.error)(text);
  process.exitCode = exitCode;
} catch (error) {
  console.error(`Nothing was done: the database could not be asked (${error.code ?? error.message}).`);
  process.exitCode = 1;
}
