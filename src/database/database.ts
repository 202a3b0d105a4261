import { Kysely, sql } from 'kysely';
import pg from 'pg';
import { isOutage } from '../common/outage.js';
import { ProblemError } from '../common/problem-error.js';
import { schemaOf } from '../config/database-schema.js';
import { Dialect } from './after-commit.js';

/** Each repository names its own tables: `database.withTables<{ invoices: InvoiceTable }>()`. */
export class Database extends Kysely<Record<never, never>> {
  constructor(
    pool: pg.Pool,
    readonly schemaName = 'public',
  ) {
    super({ dialect: new Dialect({ pool }) });
  }

  static open(url: string): Database {
    return new Database(openPool(url), schemaOf(url) ?? undefined);
  }

  /** Rejects where no answer comes within a second. */
  async ping(): Promise<void> {
    await sql`select 1`.execute(this);
  }
}

/** For the service's own work, of which one statement may take a minute. No request waits for what this does. */
export class PatientDatabase extends Database {}

/** Longer than the server is given: whoever does not even say that it gave up is away. */
export const PATIENT: pg.PoolConfig = { max: 1, query_timeout: 65_000 };

/** Timeouts are short: a request that waits for a dead store is answered with 503, it does not hang. */
export function openPool(url: string, changes: pg.PoolConfig = {}): pg.Pool {
  const schema = schemaOf(url);
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: 3000,
    query_timeout: 5000,
    idleTimeoutMillis: 30_000,
    application_name: 'gatehouse',
    ...(schema === null || schema === 'public' ? {} : { options: `-c search_path=${schema}` }),
    ...changes,
  });
  // A connection that breaks between two queries of a transaction belongs to nobody who listens, and an `error` that
  // nobody hears ends the process. Whoever has it is told by their next query.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** Runs database work; what the database cannot answer becomes 503, everything else stays what it is. */
export async function withStore<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (isOutage(error)) throw new ProblemError('store_unavailable', { cause: error });
    throw error;
  }
}
