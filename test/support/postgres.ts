import pg from 'pg';
import { createTestDatabase, type TestDatabase as Made } from '../../src/testing/test-database.js';

export interface TestDatabase extends Made {
  /** Over connections of the test's own, past the service. */
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
}

/**
 * A database of its own, empty. On a server for this process alone, unless the runner of the whole suite already started one
 * for all.
 * @param alone on a server of its own too: what writes much makes every `drop database` of others wait for the disk
 */
export async function createDatabase({ alone = false } = {}): Promise<TestDatabase> {
  const made = await createTestDatabase(alone ? undefined : process.env['TEST_POSTGRES_URL'] || undefined);
  const pool = new pg.Pool({ connectionString: made.url, max: 3 });
  return {
    url: made.url,
    query: async (text, values) => (await pool.query(text, values)).rows,
    drop: async () => {
      await pool.end();
      await made.drop();
    },
  };
}
