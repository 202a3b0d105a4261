import { createTestDatabase, type TestDatabase } from '../../src/testing/test-database.js';

export type { TestDatabase } from '../../src/testing/test-database.js';

/**
 * A database of its own, empty. On a server for this process alone, unless the runner of the whole suite already started one
 * for all.
 * @param alone on a server of its own too: what writes much makes every `drop database` of others wait for the disk
 */
export function createDatabase({ alone = false } = {}): Promise<TestDatabase> {
  return createTestDatabase(alone ? undefined : process.env['TEST_POSTGRES_URL'] || undefined);
}
