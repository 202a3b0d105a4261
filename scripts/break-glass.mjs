// An operator lets one person in while their identity provider is down. Talks to the database alone.
import { existsSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import { breakGlassCommand } from '../dist/src/auth/break-glass/break-glass.command.js';
import { EmbeddedPostgres } from '../dist/src/database/embedded-postgres.js';

if (existsSync('.env')) process.loadEnvFile('.env');
// Audit records go to the database; here they would stand between the words for people.
Logger.overrideLogger(false);
const {
  DATABASE_URL,
  DATA_DIR = './data',
  PORT = '3000',
  APP_URL = `http://localhost:${PORT}`,
} = process.env;
try {
  const databaseUrl = DATABASE_URL || EmbeddedPostgres.runningUrl(DATA_DIR);
  const { exitCode, text } = await breakGlassCommand({ databaseUrl, appUrl: APP_URL }, process.argv.slice(2));
  (exitCode === 0 ? console.log : console.error)(text);
  process.exitCode = exitCode;
} catch (error) {
  console.error(`No pass: the database could not be asked (${error.code ?? error.message}).`);
  process.exitCode = 1;
}
