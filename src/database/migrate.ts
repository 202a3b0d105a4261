import { Migrator, type Migration } from 'kysely/migration';
import { schemaOf } from '../config/database-schema.js';
import { Database, openPool } from './database.js';
import * as foundation from './migrations/0001-foundation.js';
import * as invoices from './migrations/0002-invoices.js';
import * as events from './migrations/0003-events.js';
import * as sessionEnds from './migrations/0004-session-ends.js';
import * as claimsOutbox from './migrations/0005-claims-outbox.js';
import * as domainFailures from './migrations/0006-domain-failures.js';
import * as onePerson from './migrations/0007-one-person.js';
import * as sparedSessions from './migrations/0008-spared-sessions.js';
import * as eventTurns from './migrations/0009-event-turns.js';
import * as reconciling from './migrations/0010-reconciling.js';
import * as joinedMembers from './migrations/0011-joined-members.js';
import * as withoutDirectory from './migrations/0012-without-directory.js';
import * as boundedWork from './migrations/0014-bounded-work.js';

/** In the order of their names; one that ran is never changed. */
const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-foundation': foundation,
  '0002-invoices': invoices,
  '0003-events': events,
  '0004-session-ends': sessionEnds,
  '0005-claims-outbox': claimsOutbox,
  '0006-domain-failures': domainFailures,
  '0007-one-person': onePerson,
  '0008-spared-sessions': sparedSessions,
  '0009-event-turns': eventTurns,
  '0010-reconciling': reconciling,
  '0011-joined-members': joinedMembers,
  '0012-without-directory': withoutDirectory,
  '0014-bounded-work': boundedWork,
};

/** Over a connection of its own, which waits: for a table that is large, or for another node that migrates it. */
export async function migrateAt(url: string): Promise<void> {
  const pool = openPool(url, { query_timeout: 0 });
  pool.on('error', () => undefined);
  const database = new Database(pool, schemaOf(url) ?? undefined);
  await migrate(database).finally(() => database.destroy());
}

/** Brings the schema up to date. Safe on many nodes at once: the migrator takes a lock in the database. */
export async function migrate(database: Database): Promise<void> {
  const { error } = await migratorOf(database).migrateToLatest();
  if (error !== undefined) throw error;
}

/** True when every migration of this build has run. */
export async function isMigrated(database: Database): Promise<boolean> {
  const migrations = await migratorOf(database).getMigrations();
  return migrations.every((migration) => migration.executedAt !== undefined);
}

function migratorOf(database: Database): Migrator {
  return new Migrator({
    db: database,
    provider: { getMigrations: async () => ({ ...MIGRATIONS }) },
    migrationTableSchema: database.schemaName,
    // Two teams may take the same number, and whoever is merged last may have the lower name.
    allowUnorderedMigrations: true,
  });
}
