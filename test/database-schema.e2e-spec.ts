import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { setTimeout as pause } from 'node:timers/promises';
import { Browser } from './support/browser.js';
import { createDatabase, type TestDatabase } from './support/postgres.js';
import { Stack } from './support/stack.js';
import { until } from './support/until.js';

/** An application of somebody else's, with tables that have the names of ours and migrations of its own. */
const THEIRS = `
  create table users (id int primary key, name text);
  insert into users values (1, 'theirs');
  create table kysely_migration (name text primary key, timestamp text);
  insert into kysely_migration values ('2020-theirs', '2020-01-01');
  create table kysely_migration_lock (id text primary key, is_locked int);
`;

describe('a schema of its own, in a database that another application uses', () => {
  let server: TestDatabase;
  let client: pg.Client;
  let stack: Stack;
  beforeAll(async () => {
    server = await createDatabase();
    client = new pg.Client({ connectionString: server.url });
    await client.connect();
    await client.query(THEIRS);
    stack = await Stack.start('authkit', { DATABASE_URL: `${server.url}?schema=gatehouse` });
  }, 20_000);
  afterAll(async () => {
    await stack.stop();
    await client.end();
    await server.drop();
  });
  const tablesOf = async (schema: string) => {
    const found = await client.query<{ name: string }>(
      'select table_name as name from information_schema.tables where table_schema = $1 order by 1',
      [schema],
    );
    return found.rows.map(({ name }) => name);
  };

  it('holds all that the service keeps', async () => {
    const ada = await stack.signedIn('ada@acme.com');
    expect((await stack.api(ada, '/v1/invoices')).status).toBe(200);
    expect((await stack.api(ada, '/v1/sessions')).body?.['data']).toHaveLength(1);
    const { rows } = await client.query('select email from gatehouse.users');
    expect(rows).toEqual([{ email: 'ada@acme.com' }]);
    expect(await tablesOf('gatehouse')).toEqual(expect.arrayContaining(['kysely_migration', 'sessions']));
  });

  it('leaves what the other has as it was', async () => {
    expect(await tablesOf('public')).toEqual(['kysely_migration', 'kysely_migration_lock', 'users']);
    expect((await client.query('select * from users')).rows).toEqual([{ id: 1, name: 'theirs' }]);
    expect((await client.query('select name from kysely_migration')).rows).toEqual([{ name: '2020-theirs' }]);
  });

  it('is heard of by another node', async () => {
    const node = await stack.addNode();
    const ada = await stack.signedIn('ada@acme.com');
    expect((await node.api(ada, '/v1/me')).status).toBe(200);
    await stack.api(ada, '/auth/logout', { method: 'POST' });
    await until('the other node knows', async () => (await node.api(ada, '/v1/me')).status === 401, 1000);
    await node.stop();
  });

  it('is waited for where another node migrates it, longer than a request would wait', async () => {
    await client.query('begin');
    // The lock that Kysely's migrator takes.
    await client.query("select pg_advisory_xact_lock('3853314791062309107')");
    const starting = stack.addNode();
    await pause(5500);
    await client.query('commit');
    const node = await starting;
    expect((await node.api(new Browser(), '/health/ready')).status).toBe(200);
    await node.stop();
  });

  it('takes a migration that was written after a later one had run', async () => {
    await client.query(`
      drop table gatehouse.invoices;
      delete from gatehouse.kysely_migration where name = '0002-invoices'`);
    const node = await stack.addNode();
    expect(await tablesOf('gatehouse')).toContain('invoices');
    await node.stop();
  });
});
