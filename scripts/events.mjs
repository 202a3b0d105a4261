// The operators' command line over events that were set aside. Talks to the database alone: it works with the service down.
import { existsSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import { eventsCommand } from '../dist/src/events/events.command.js';

if (existsSync('.env')) process.loadEnvFile('.env');
// Audit records go to the database; here they would stand between the words for people.
Logger.overrideLogger(false);
const { DATABASE_URL: url } = process.env;
if (!url) {
  console.error(
    'DATABASE_URL is not set. An embedded database belongs to its running service: use its /operations/events/dead.',
  );
  process.exit(2);
}
const { exitCode, text } = await eventsCommand(url, process.argv.slice(2));
(exitCode === 0 ? console.log : console.error)(text);
process.exitCode = exitCode;
