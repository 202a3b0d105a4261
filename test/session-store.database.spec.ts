import { afterAll, beforeAll, describe } from '@jest/globals';
import { sql } from 'kysely';
import { clockOf } from '../src/common/clock.factory.js';
import { Database, openPool } from '../src/database/database.js';
import { migrate } from '../src/database/migrate.js';
import { sessionStoreConformance } from '../src/sessions/session-store.conformance.js';
import { DatabaseSessionStore } from '../src/sessions/stores/database.session-store.js';
import { createDatabase, type TestDatabase } from './support/postgres.js';

describe('sessions in PostgreSQL', () => {
  let server: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    server = await createDatabase();
    database = new Database(openPool(server.url));
    await migrate(database);
  });
  afterAll(async () => {
    await database.destroy();
    await server.drop();
  });

  sessionStoreConformance('a database', async () => {
    await sql`truncate sessions, session_revocations`.execute(database);
    let offset = 0;
    const start = Date.now();
    const clock = clockOf(() => new Date(start + offset));
    return {
      store: new DatabaseSessionStore(database, clock),
      now: () => clock.now(),
      advance: (milliseconds) => void (offset += milliseconds),
      close: async () => undefined,
    };
  });
});
