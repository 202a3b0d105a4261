import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Browser } from './support/browser.js';
import { Cluster } from './support/cluster.js';

const NODES = 4;

describe('four processes behind a load balancer', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await Cluster.start('authkit', NODES);
  });
  afterAll(() => cluster.stop());

  /** What each node says of a session, asked directly. */
  async function statuses(browser: Browser): Promise<number[]> {
    const asked = cluster.ports.map((_, node) =>
      fetch(`${cluster.nodeUrl(node)}/v1/me`, { headers: { cookie: browser.cookieHeader(cluster.url) } }),
    );
    return (await Promise.all(asked)).map(({ status }) => status);
  }

  async function refusedEverywhere(browser: Browser, limit: number): Promise<number> {
    const started = performance.now();
    while ((await statuses(browser)).some((status) => status !== 401)) {
      await pause(20);
      if (performance.now() - started > limit) throw new Error('A node still lets the session in.');
    }
    return performance.now() - started;
  }

  it('signs people in, each step on another node, and knows them on all', async () => {
    const ada = await cluster.signedIn('ada@acme.com');
    expect(await statuses(ada)).toEqual([200, 200, 200, 200]);
  });

  it('refuses a session that was ended on one node on all others at once', async () => {
    const [laptop, phone] = [await cluster.signedIn('ada@acme.com'), await cluster.signedIn('ada@acme.com')];
    await statuses(laptop);
    expect((await cluster.api(phone, '/v1/sessions', { method: 'DELETE' })).status).toBe(204);
    expect(await refusedEverywhere(laptop, 1000)).toBeLessThan(1000);
    expect(await statuses(phone)).toEqual([200, 200, 200, 200]);
  });

  it('refuses within five seconds what is ended while the nodes cannot hear each other', async () => {
    const ada = await cluster.signedIn('ada@acme.com');
    await statuses(ada);
    let deaf = true;
    const cut = () =>
      cluster.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where application_name = 'gatehouse bus' and datname = current_database()`,
      );
    expect(await cut()).toHaveLength(NODES);
    const cutting = (async () => {
      const end = performance.now() + 10_000;
      while (deaf && performance.now() < end) {
        await cut();
        await pause(20);
      }
    })();
    const out = await cluster.api(ada, '/auth/logout', { method: 'POST' });
    expect(out.status).toBe(200);
    expect(await refusedEverywhere(ada, 5000)).toBeLessThan(5000);
    deaf = false;
    await cutting;
  });

  it('loses no session and no sign-in while every node is restarted in turn', async () => {
    const ada = await cluster.signedIn('ada@acme.com');
    let restarting = true;
    const failures: string[] = [];
    let signIns = 0;
    const load = Promise.all(
      ['alan@acme.com', 'grace@globex.com'].map(async (email) => {
        while (restarting) {
          const browser = new Browser();
          const visit = await cluster.signIn(browser, email);
          if (browser.cookie(cluster.url, 'session') === undefined)
            failures.push(`${email} ended at ${visit.url}`);
          const { status } = await cluster.api(ada, '/v1/me');
          if (status !== 200) failures.push(`a session got ${status}`);
          signIns += 1;
        }
      }),
    );
    for (let node = 0; node < NODES; node++) {
      expect(await cluster.stopNode(node)).toBe(0);
      await cluster.startNode(node);
    }
    restarting = false;
    await load;
    expect(failures).toEqual([]);
    expect(signIns).toBeGreaterThan(5);
  });

  it('signs nobody out when the session keys are rotated node by node', async () => {
    const ada = await cluster.signedIn('ada@acme.com');
    const underWay = new Browser();
    const callback = await cluster.callbackOf(underWay, 'alan@acme.com');
    const keys = `${randomBytes(32).toString('base64')},${cluster.keys}`;
    for (let node = 0; node < NODES; node++) {
      await cluster.stopNode(node, 'SIGKILL');
      // First every node learns to read the new key, then the new one writes.
      await cluster.startNode(node, { SESSION_KEYS: keys });
    }
    expect(await statuses(ada)).toEqual([200, 200, 200, 200]);
    await underWay.open(callback);
    expect(await statuses(underWay)).toEqual([200, 200, 200, 200]);
    const [before] = await cluster.query<{ token: string }>(refreshTokenOf, ['ada@acme.com']);
    // The access token, of an hour ago, runs out; the renewal seals with the newest key.
    await cluster.query(
      `update sessions set version = version + 1, data = data || jsonb_build_object('tokens', data -> 'tokens' || jsonb_build_object(
         'obtainedAt', now() - interval '1 hour', 'accessTokenExpiresAt', now() - interval '1 second'))`,
    );
    await cluster.query(
      `select pg_notify('gatehouse_invalidations', json_build_object('kind', 'session', 'tokenHash', token_hash)::text) from sessions`,
    );
    expect(await statuses(ada)).toEqual([200, 200, 200, 200]);
    const [after] = await cluster.query<{ token: string }>(refreshTokenOf, ['ada@acme.com']);
    expect(keyIdOf(after?.token)).not.toBe(keyIdOf(before?.token));
  });
});

const refreshTokenOf = `select data #>> '{tokens,refreshToken}' as token from sessions where data #>> '{user,email}' = $1 order by id desc limit 1`;

function keyIdOf(sealed = ''): unknown {
  const header = JSON.parse(Buffer.from(sealed.split('.')[0] ?? '', 'base64url').toString()) as {
    kid: unknown;
  };
  return header.kid;
}
