import { environment } from '../config/config.schema.js';
import { Database } from './database.js';

/**
 * The database for a command that runs without the service, which would have checked its settings.
 * @returns what is wrong with them, where something is
 */
export function openForOperators(url: string | null): Database | string {
  if (url === null)
    return 'DATABASE_URL is not set. Set it as the service has it, or start the service, which starts a database of its own.';
  const { error } = environment.shape.DATABASE_URL.safeParse(url);
  return error ? `DATABASE_URL ${error.issues[0]?.message}.` : Database.open(url);
}
