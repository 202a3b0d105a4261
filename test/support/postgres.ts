import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { EmbeddedPostgres } from '../../src/database/embedded-postgres.js';

export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** A server for this process alone, unless the runner of the whole suite already started one for all. */
async function server(alone: boolean): Promise<{ url: string; stop: () => Promise<void> }> {
  const shared = process.env['TEST_POSTGRES_URL'];
  if (shared && !alone) return { url: shared, stop: async () => undefined };
  const dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-test-'));
  // Run as root, the server is handed to `nobody`, who must reach it.
  chmodSync(dataDir, 0o755);
  const own = await EmbeddedPostgres.start({ dataDir, unsafe: true });
  return {
    url: own.url,
    stop: async () => {
      await own.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** For a second at most: some tests leave connections behind on purpose. */
const WAIT_FOR_GOODBYES = `do $$ begin
  for round in 1 .. 100 loop
    exit when not exists (select from pg_stat_activity where datname = '$name');
    perform pg_sleep(0.01), pg_stat_clear_snapshot();
  end loop;
end $$`;

/**
 * A database of its own, empty.
 * @param alone on a server of its own too: what writes much makes every `drop database` of others wait for the disk
 */
export async function createDatabase({ alone = false } = {}): Promise<TestDatabase> {
  const { url, stop } = await server(alone);
  const name = `test_${randomBytes(6).toString('hex')}`;
  await command(url, `create database ${name}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  return {
    url: own.href,
    drop: async () => {
      // A pool says that it has ended before its connections have; one that is thrown out then has nobody to tell.
      await command(url, WAIT_FOR_GOODBYES.replaceAll('$name', name));
      await command(url, `drop database ${name} with (force)`);
      await stop();
    },
  };
}

async function command(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}
