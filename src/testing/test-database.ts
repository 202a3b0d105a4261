import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { EmbeddedPostgres } from '../database/embedded-postgres.js';

export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** For a second at most: some tests leave connections behind on purpose. */
const WAIT_FOR_GOODBYES = `do $$ begin
  for round in 1 .. 100 loop
    exit when not exists (select from pg_stat_activity where datname = '$name');
    perform pg_sleep(0.01), pg_stat_clear_snapshot();
  end loop;
end $$`;

/**
 * A real PostgreSQL database of its own, empty.
 * @param serverUrl the server that it is made on; without one a server is started that ends with it
 */
export async function createTestDatabase(serverUrl?: string): Promise<TestDatabase> {
  const { url, stop } = serverUrl === undefined ? await startServer() : { url: serverUrl, stop: nothing };
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

async function nothing(): Promise<void> {
  // Whoever started the server stops it.
}

async function startServer(): Promise<{ url: string; stop: () => Promise<void> }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-test-'));
  // Run as root, the server is handed to `nobody`, who must reach it.
  chmodSync(dataDir, 0o755);
  const server = await EmbeddedPostgres.start({ dataDir, unsafe: true });
  return {
    url: server.url,
    stop: async () => {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
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
