import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { Database } from '../src/database/database.js';
import { EmbeddedPostgres } from '../src/database/embedded-postgres.js';
import { Browser } from './support/browser.js';
import { freePort } from './support/free-port.js';
import { Stack } from './support/stack.js';

describe('a PostgreSQL that is killed under load', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-outage-'));
  let port: number;
  let postgres: EmbeddedPostgres;
  let stack: Stack;
  beforeAll(async () => {
    chmodSync(dataDir, 0o755);
    port = await freePort();
    postgres = await EmbeddedPostgres.start({ dataDir, port });
    stack = await Stack.start('sso', { DATABASE_URL: postgres.url });
  });
  afterAll(async () => {
    await stack.stop();
    await postgres.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('does not end the process when a connection breaks between two queries of a transaction', async () => {
    const database = stack.app.get(Database, { strict: false });
    const work = database.transaction().execute(async (trx) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx);
      await sql`select pg_terminate_backend(${rows[0]?.pid}::int)`.execute(database);
      // Nobody asks anything of the connection while it breaks.
      await new Promise((resolve) => setTimeout(resolve, 100));
      await sql`select 1`.execute(trx);
    });
    await expect(work).rejects.toThrow();
    expect((await stack.api(new Browser(), '/health/ready')).status).toBe(200);
  });

  it('costs nobody their session: requests get 200 or 503, never 401, and all is well half a minute later', async () => {
    const people = await Promise.all(
      ['ada@acme.com', 'alan@acme.com', 'grace@globex.com'].map((email) => stack.signedIn(email)),
    );
    const seen = new Map<number, number>();
    let loaded = true;
    const load = Promise.all(
      people.map(async (person) => {
        while (loaded) {
          const { status, headers } = await stack.api(person, '/v1/invoices');
          seen.set(status, (seen.get(status) ?? 0) + 1);
          if (status === 503) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
          expect(headers.getSetCookie()).toEqual([]);
        }
      }),
    );
    const pid = Number(
      readFileSync(join(dataDir, 'postgres', 'data', 'postmaster.pid'), 'utf8').split('\n')[0],
    );
    process.kill(pid, 'SIGKILL');
    while (!seen.has(503)) await new Promise((resolve) => setTimeout(resolve, 50));
    const down = await stack.signIn(new Browser(), 'ada@acme.com');
    expect(down.url).toContain('/sign-in?error=store_unavailable');
    // The crash left a lock file; the server that comes next finds its way.
    await postgres.stop();
    postgres = await EmbeddedPostgres.start({ dataDir, port });
    const back = performance.now();
    for (const person of people) {
      while ((await stack.api(person, '/v1/invoices')).status !== 200)
        expect(performance.now() - back).toBeLessThan(30_000);
    }
    loaded = false;
    await load;
    expect(seen.size).toBe(2);
    expect([seen.has(200), seen.has(503)]).toEqual([true, true]);
    expect((await stack.signedIn('ada@acme.com')).cookie(stack.url, 'session')).toHaveLength(43);
  });
});
