import { existsSync } from 'node:fs';

/** The one place that looks at the environment of the process. */
export function processEnvironment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}

/** The same, together with the file `.env` of the working directory; what is set already stays. */
export function withEnvFile(): Readonly<Record<string, string | undefined>> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return processEnvironment();
}
