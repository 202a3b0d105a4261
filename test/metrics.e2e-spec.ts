import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { createApp } from '../src/app.js';
import { ConfigError } from '../src/config/config.js';
import { LOCK_SPACE } from '../src/events/event-turns.js';
import { CertificatesService } from '../src/organizations/certificates.service.js';
import { Browser } from './support/browser.js';
import { Cable } from './support/cable.js';
import { call, SEEDED } from './support/credentials.js';
import { freePort } from './support/free-port.js';
import { ACME } from './support/site.js';
import { Stack } from './support/stack.js';
import { until } from './support/until.js';
import { deliver, wireEvent } from './support/webhooks.js';

const SECRET = `whsec_${randomBytes(24).toString('hex')}`;

/** What an attribute may be called. Another one has to be argued for: is it a closed set, and of whom does it speak? */
const LABELS = new Set([
  'outcome',
  'reason',
  'credential',
  'answered_by',
  'operation',
  'days',
  'within_days',
  'le',
]);

/** As WorkOS tells of it now. */
const acme = () => {
  const time = new Date().toISOString();
  return {
    object: 'organization',
    id: ACME.organization,
    name: 'Acme',
    domains: [],
    created_at: time,
    updated_at: time,
  };
};

describe('GET /metrics', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await Stack.start('sso', { WORKOS_WEBHOOK_SECRET: SECRET });
  }, 30_000);
  afterAll(() => stack.stop());

  const text = async (url = stack.url) => (await fetch(`${url}/metrics`)).text();
  const samples = async (url?: string) =>
    new Map(
      (await text(url))
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('#'))
        .map((line): [string, number] => {
          const at = line.lastIndexOf(' ');
          return [line.slice(0, at), Number(line.slice(at + 1))];
        }),
    );
  /** What grew while something happened, and by how much. */
  const growth = async (happening: () => Promise<unknown>) => {
    const before = await samples();
    await happening();
    const after = [...(await samples())].map(
      ([name, value]) => [name, value - (before.get(name) ?? 0)] as const,
    );
    return Object.fromEntries(after.filter(([name, by]) => by > 0 && name.startsWith('gatehouse_')));
  };
  const query = async (statement: string, values: unknown[] = []) => {
    const client = new pg.Client({ connectionString: stack.database.url });
    await client.connect();
    await client.query(statement, values);
    return client;
  };

  it("answers anybody in Prometheus's text format, and nobody keeps it", async () => {
    const answer = await fetch(`${stack.url}/metrics`, { headers: { accept: 'text/html' } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const lines = (await answer.text()).split('\n');
    expect(lines.at(-1)).toBe('');
    const sample = /^[a-z][a-z0-9_]*(?:\{(?:[a-z_]+="[^"\\\n]*",?)+\})? (?:-?[\d.e+-]+|NaN)$/;
    const rest = lines.filter((line) => !/^# (?:HELP|UNIT|TYPE) [a-z]/.test(line) && !sample.test(line));
    expect(rest.filter((line) => line !== '')).toEqual([]);
    expect(lines).toContain('# TYPE nodejs_eventloop_delay_p99 gauge');
  });

  it('counts sign-ins, what was refused, and the ends of sessions', async () => {
    const grown = await growth(async () => {
      const alan = await stack.signedIn('alan@acme.com');
      await stack.api(alan, '/v1/me');
      await stack.api(alan, '/v1/organization/policy', { method: 'PATCH', json: { guests: 'allow' } });
      await stack.api(new Browser(), '/v1/me');
      await stack.api(alan, '/v1/me', { headers: { authorization: `Bearer ${SEEDED.apiKey}` } });
      await stack.api(new Browser(), '/auth/callback?code=x&state=y');
      await stack.api(alan, '/auth/logout', { method: 'POST' });
    });
    expect(grown).toMatchObject({
      'gatehouse_sign_ins_total{outcome="ok"}': 1,
      'gatehouse_sign_ins_total{outcome="invalid_state"}': 1,
      'gatehouse_access_refusals_total{reason="missing_permission",credential="session"}': 1,
      'gatehouse_access_refusals_total{reason="unauthenticated",credential="none"}': 1,
      'gatehouse_access_refusals_total{reason="several_credentials",credential="none"}': 1,
      'gatehouse_sessions_ended_total{reason="signed_out"}': 1,
      'gatehouse_sessions_checks_total{answered_by="store"}': 1,
      'gatehouse_sessions_checks_total{answered_by="memory"}': 2,
      'gatehouse_workos_request_duration_count{operation="POST /sso/token",outcome="ok"}': 1,
    });
  });

  it('counts how credentials were judged, and how often memory knew them', async () => {
    const grown = await growth(async () => {
      for (const key of [SEEDED.apiKey, SEEDED.apiKey, `sk_${'x'.repeat(40)}`])
        await call(stack, key, '/v1/invoices');
    });
    expect(grown).toMatchObject({
      'gatehouse_credentials_judgements_total{credential="apiKey",outcome="accepted"}': 1,
      'gatehouse_credentials_judgements_total{credential="apiKey",outcome="refused"}': 1,
      gatehouse_credentials_recalls_total: 1,
      'gatehouse_workos_request_duration_count{operation="POST /api_keys/validations",outcome="ok"}': 2,
    });
  });

  it('counts webhooks by what became of them', async () => {
    const event = wireEvent('organization.updated', acme());
    const grown = await growth(async () => {
      await deliver(stack.url, event, SECRET);
      await deliver(stack.url, event, SECRET);
      await deliver(stack.url, event, `${SECRET}0`);
      stack.moveClock(3600);
      await deliver(stack.url, event, SECRET);
      stack.moveClock(0);
    });
    expect(grown).toMatchObject({
      'gatehouse_webhooks_received_total{outcome="accepted"}': 1,
      'gatehouse_webhooks_received_total{outcome="repeated"}': 1,
      'gatehouse_webhooks_received_total{outcome="invalid_signature"}': 1,
      'gatehouse_webhooks_received_total{outcome="stale_timestamp"}': 1,
    });
  });

  it('shows how far the copy is behind, and that it has caught up', async () => {
    await until('all is carried over', async () => (await samples()).get('gatehouse_events_waiting') === 0);
    const events = async () => {
      const now = await samples();
      return ['waiting', 'lag', 'behind'].map((name) => now.get(`gatehouse_events_${name}`) ?? NaN);
    };
    expect(await events()).toEqual([0, 0, 0]);
    // Somebody else is busy with this organization, as far as the queue knows.
    const busy = await query('begin');
    await busy.query('select pg_advisory_xact_lock(hashtextextended($1, $2))', [
      ACME.organization,
      LOCK_SPACE,
    ]);
    try {
      await deliver(stack.url, wireEvent('organization.updated', acme()), SECRET);
      stack.moveClock(400);
      const [waiting, lag = 0, behind] = await events();
      expect([waiting, behind]).toEqual([1, 1]);
      expect(lag).toBeGreaterThanOrEqual(399);
    } finally {
      stack.moveClock(0);
      await busy.end();
    }
    await until('it has caught up', async () => (await events()).every((value) => value === 0));
    expect((await samples()).get('gatehouse_events_processed_total{outcome="carried_over"}')).toBeGreaterThan(
      0,
    );
  });

  it('counts certificates that end, and the warnings of them', async () => {
    const ending = async () =>
      [...(await samples())]
        .filter(([name]) => name.startsWith('gatehouse_certificates_ending'))
        .map(([name, count]) => [name.replace(/\D/g, ''), count]);
    expect(Object.fromEntries(await ending())).toEqual({ 90: 0, 30: 0, 7: 0, 0: 0 });
    const insert = `insert into connection_certificates (connection_id, organization_id, type, expires_at, version)
      values ($1, $2, 'ResponseSigning', now() + interval '20 days', '1')`;
    const client = await query(insert, [ACME.connection, ACME.organization]);
    expect(Object.fromEntries(await ending())).toEqual({ 90: 1, 30: 1, 7: 0, 0: 0 });
    const grown = await growth(() => stack.app.get(CertificatesService, { strict: false }).watch());
    expect(grown).toMatchObject({ 'gatehouse_certificates_warnings_total{days="30"}': 1 });
    await client.query(`update connections set state = 'inactive' where id = $1`, [ACME.connection]);
    expect(Object.fromEntries(await ending())).toEqual({ 90: 0, 30: 0, 7: 0, 0: 0 });
    await client.query(`update connections set state = 'active' where id = $1`, [ACME.connection]);
    await client.end();
  });

  it('tells of no tenant, no person, no address and no word of a request', async () => {
    const ada = await stack.signedIn('ada@acme.com');
    await fetch(`${stack.url}/auth/callback?error=canary&error_description=canary`);
    await fetch(`${stack.url}/auth/login?email=canary@canary.example`, {
      headers: { 'user-agent': 'canary' },
    });
    await stack.api(ada, '/v1/sessions/canary', { method: 'DELETE', headers: { 'x-request-id': 'canary' } });
    const exposed = await text();
    const named = exposed.match(
      /canary|acme|ada|@|\b(?:org|user|conn|directory|session|event|client|sk|om)_[0-9A-Z]{4,}|\d+\.\d+\.\d+\.\d+|localhost/gi,
    );
    expect(named).toBeNull();
    const known = readFileSync(join(import.meta.dirname, '../docs/metrics.md'), 'utf8');
    const names = [...exposed.matchAll(/^# TYPE (\w+)/gm)].map(([, name = '']) => name);
    expect(names.filter((name) => !known.includes(`\`${name}\``))).toEqual([]);
    const labels = [...exposed.matchAll(/(\w+)="/g)].map(([, label]) => label ?? '');
    expect(new Set(labels.filter((label) => !LABELS.has(label)))).toEqual(new Set());
  });

  describe('with METRICS_PORT', () => {
    let own: string;
    let cable: Cable;
    let node: Stack;
    beforeAll(async () => {
      const port = await freePort();
      own = `http://localhost:${port}`;
      cable = await Cable.to(stack.database.url);
      node = await stack.addNode({ DATABASE_URL: cable.url, METRICS_PORT: String(port) });
    });
    afterAll(() => cable.cut());

    it('is there and nowhere else, and there is nothing else', async () => {
      expect((await fetch(`${node.url}/metrics`)).status).toBe(404);
      const answer = await fetch(`${own}/metrics`);
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
      expect(answer.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
      expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
      const others = ['/', '/health/live', '/v1/me', '/metrics/', '//metrics', '/METRICS'];
      const statuses = await Promise.all(others.map(async (path) => (await fetch(own + path)).status));
      expect(statuses).toEqual(others.map(() => 404));
      expect((await fetch(`${own}/metrics`, { method: 'POST' })).status).toBe(404);
      expect((await fetch(`${own}/metrics`, { method: 'HEAD' })).status).toBe(200);
    });

    it('counts what this application does, not what another one of the process does', async () => {
      const counts = await samples(own);
      expect([...counts.keys()].filter((name) => name.startsWith('gatehouse_sign_ins'))).toEqual([]);
      expect((await samples()).get('gatehouse_sign_ins_total{outcome="ok"}')).toBeGreaterThan(0);
    });

    it.each<[string, () => void | Promise<void>]>([
      ['does not answer', () => cable.freeze()],
      ['is gone', () => cable.cut()],
    ])(
      'answers within two seconds while the database %s, and does not go on with old values',
      async (_, fail) => {
        await deliver(node.url, wireEvent('organization.updated', acme()), SECRET);
        await until('it is caught up', async () => (await samples(own)).get('gatehouse_events_lag') === 0);
        await fail();
        const begun = performance.now();
        const now = await samples(own);
        expect(performance.now() - begun).toBeLessThan(2000);
        expect(now.get('gatehouse_events_lag')).toBeNaN();
        expect(now.get('gatehouse_certificates_ending{within_days="90"}')).toBeNaN();
        expect(now.get('gatehouse_webhooks_received_total{outcome="accepted"}')).toBeGreaterThan(0);
        await cable.cut();
        await cable.mend();
        await until(
          'the database is back',
          async () => (await samples(own)).get('gatehouse_events_lag') === 0,
        );
      },
    );

    it('does not start where the port is taken, and says which setting is meant', async () => {
      const app = await createApp({ ...node.env, PORT: String(await freePort()) });
      const failure = await app.listen(0).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(ConfigError);
      expect(String(failure)).toContain('METRICS_PORT names a port that is taken');
      await app.close();
    });

    it('ends with the application', async () => {
      await node.stop();
      await expect(fetch(`${own}/metrics`)).rejects.toThrow();
    });
  });
});
