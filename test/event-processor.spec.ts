import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { sql } from 'kysely';
import { ProblemError } from '../src/common/problem-error.js';
import { Database, openPool } from '../src/database/database.js';
import type { EventHandlers } from '../src/events/event-handlers.js';
import { ProcessorStage, FakeApplier, type StoredEvent } from './support/processor-stage.js';

describe('the processing of events', () => {
  let stage: ProcessorStage;
  beforeAll(async () => {
    stage = await ProcessorStage.open();
  });
  afterAll(() => stage.close());
  beforeEach(() => stage.clear());
  afterEach(() => {
    jest.restoreAllMocks();
  });

  const states = (events: readonly StoredEvent[]) =>
    events.map(({ id, state, attempts }) => [id, state, attempts]);

  it('carries an event over once, however often it comes', async () => {
    const applier = new FakeApplier();
    const node = stage.node([applier]);
    const given = stage.event('session.created', { object: 'session_1' });
    await node.inbox.receive([given, given], 'webhook');
    await node.inbox.receive([given], 'events_api');
    await node.drain();
    await node.inbox.receive([{ ...given, data: { ...given.data, status: 'other' } }], 'webhook');
    await node.drain();
    expect(applier.applied).toEqual([given.id]);
    expect(states(await stage.stored())).toEqual([[given.id, 'done', 0]]);
  });

  it('keeps what it does not act on, and an event that nothing is known of', async () => {
    const node = stage.node([]);
    await node.inbox.receive(
      [stage.event('flag.created', {}), stage.event('session.created', {})],
      'webhook',
    );
    await node.drain();
    expect((await stage.stored()).map(({ state }) => state)).toEqual(['done', 'done']);
  });

  it('takes the events of one object in the order in which they happened', async () => {
    const applier = new FakeApplier();
    const node = stage.node([applier]);
    const given = [5, 1, 4, 2, 3].map((at) => stage.event('session.created', { object: 'session_1', at }));
    for (const event of given) await node.inbox.receive([event], 'webhook');
    await node.drain();
    const inOrder = given.toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
    expect(applier.applied).toEqual(inOrder.map(({ id }) => id));
  });

  it('writes what it does and that it is done together, or not at all', async () => {
    const failing = new FakeApplier();
    failing.fail = (event) => (event.data.id === 'session_2' ? new Error('behind the write') : null);
    const node = stage.node([failing]);
    const given = [1, 2, 3].map((n) => stage.event('session.created', { object: `session_${n}`, at: n }));
    await node.inbox.receive(given, 'webhook');
    await node.drain();
    expect(await stage.effects()).toEqual([given[0]?.id, given[2]?.id]);
    expect(states(await stage.stored())).toEqual([
      [given[0]?.id, 'done', 0],
      [given[1]?.id, 'pending', 1],
      [given[2]?.id, 'done', 0],
    ]);
  });

  it('tries a poison event after 1, 5, 30, 120 and 600 seconds, sets it aside, and says so without a word of it', async () => {
    const applier = new FakeApplier();
    applier.fail = () => new Error('ada@acme.com is not wanted');
    const node = stage.node([applier]);
    await node.inbox.receive([stage.event('session.created', {})], 'webhook');
    const begun = stage.now.getTime();
    const attempts: number[] = [];
    for (let round = 0; round < 7; round++) {
      await node.drain();
      const [event] = await stage.stored();
      attempts.push(event?.attempts ?? 0);
      if (event?.state === 'pending') stage.now = event.due_at;
    }
    expect(attempts).toEqual([1, 2, 3, 4, 5, 6, 6]);
    expect(stage.now.getTime() - begun).toBe((1 + 5 + 30 + 120 + 600) * 1000);
    const [dead] = await stage.stored();
    expect(dead?.state).toBe('dead');
    expect(dead?.error).toMatch(/^Error at src\/events\/event-processor\.ts:\d+$/);
    expect(stage.audited).toMatchObject([{ action: 'event.set_aside', reason: 'session.created' }]);
    expect(JSON.stringify([stage.audited, stage.logged])).not.toContain('ada@');
  });

  it('counts what became of each attempt, once it is certain', async () => {
    const counts = async () => {
      const found = (await stage.measured.text()).matchAll(
        /events_processed_total\{outcome="(\w+)"\} (\d+)/g,
      );
      return new Map([...found].map(([, outcome = '', count]) => [outcome, Number(count)]));
    };
    const applier = new FakeApplier();
    applier.fail = (event) => (event.data.id === 'session_bad' ? new Error('bad') : null);
    const node = stage.node([applier]);
    const before = await counts();
    const objects = ['session_good', 'session_bad', 'session_fine'];
    await node.inbox.receive(
      objects.map((object) => stage.event('session.created', { object })),
      'webhook',
    );
    for (let round = 0; round < 6; round++) {
      await node.drain();
      const bad = (await stage.stored()).find(({ state }) => state === 'pending');
      if (bad) stage.now = bad.due_at;
    }
    const after = await counts();
    const grown = ['carried_over', 'failed', 'set_aside'].map(
      (outcome) => (after.get(outcome) ?? 0) - (before.get(outcome) ?? 0),
    );
    expect(grown).toEqual([2, 5, 1]);
  });

  it('names what is wrong with a payload, and nothing that stands in it', async () => {
    const node = stage.node([new FakeApplier()]);
    const data = {
      email: { of: 'ada@acme.com' },
      created_at: 'when Ada came',
      updated_at: '2026-01-01T00:00:00Z',
    };
    await node.inbox.receive([stage.event('user.created', { data })], 'webhook');
    await node.drain();
    expect((await stage.stored())[0]?.error).toBe(
      'the payload is not of its kind: id invalid_type, email invalid_type, created_at custom',
    );
  });

  it('does not hold up others for a poison event, not even those of its object', async () => {
    const applier = new FakeApplier();
    applier.fail = (event) => (event.data.status === 'poison' ? new Error('no') : null);
    const node = stage.node([applier]);
    const poison = stage.event('session.created', { object: 'session_1', status: 'poison', at: 1 });
    const behind = stage.event('session.created', { object: 'session_1', at: 2 });
    const other = stage.event('session.created', { object: 'session_2', at: 3 });
    await node.inbox.receive([poison, behind, other], 'webhook');
    await node.drain();
    expect(await stage.effects()).toEqual([behind.id, other.id]);
  });

  it('goes on with others while one takes too long, counts that, and sets it aside in the end', async () => {
    const applier = new FakeApplier();
    const limits: unknown[] = [];
    applier.before = async (trx, event) => {
      if (event.data.id !== 'session_endless') return;
      const { rows } = await sql<{ statement_timeout: string }>`show statement_timeout`.execute(trx);
      limits.push(rows[0]?.statement_timeout);
      if (limits.at(-1) === '1min') await sql`set local statement_timeout = 1`.execute(trx);
      await sql`select pg_sleep(60)`.execute(trx);
    };
    const node = stage.node([applier]);
    const endless = stage.event('session.created', { object: 'session_endless', of: 'org_globex', at: 1 });
    const others = [2, 3].map((at) => stage.event('session.revoked', { object: `session_${at}`, at }));
    await node.inbox.receive([endless, ...others], 'webhook');
    await node.round();
    expect(await stage.effects()).toEqual(others.map(({ id }) => id));
    expect((await stage.stored())[0]).toMatchObject({ state: 'pending', attempts: 1 });
    for (let attempt = 2; attempt <= 6; attempt++) {
      stage.now = (await stage.stored())[0]?.due_at ?? stage.now;
      expect(await node.round()).toBe(false);
      await node.retry();
      expect((await stage.stored())[0]?.attempts).toBe(attempt);
    }
    expect(limits).toEqual(['1s', '1s', '1min', '1min', '1min', '1min', '1min']);
    expect((await stage.stored())[0]).toMatchObject({
      state: 'dead',
      error: expect.stringMatching(/ 57014/),
    });
    expect(stage.audited).toMatchObject([
      {
        action: 'event.set_aside',
        organizationId: 'org_globex',
        details: { event: endless.id, attempts: 6 },
      },
    ]);
  });

  it('does what is only large, though it takes longer than a request may', async () => {
    const applier = new FakeApplier();
    applier.before = async (trx) => void (await sql`select pg_sleep(5.2)`.execute(trx));
    const node = stage.node([applier]);
    const large = stage.event('session.created', {});
    await node.inbox.receive([large], 'webhook');
    await node.round();
    stage.now = new Date(stage.now.getTime() + 1000);
    await node.retry();
    expect(await stage.effects()).toEqual([large.id]);
    expect(states(await stage.stored())).toEqual([[large.id, 'done', 1]]);
  }, 30_000);

  it('does not keep organizations waiting for a batch of which each event takes its time', async () => {
    const applier = new FakeApplier();
    applier.before = async () => void (stage.now = new Date(stage.now.getTime() + 1500));
    const node = stage.node([applier]);
    const given = [1, 2, 3].map((at) => stage.event('session.created', { object: `session_${at}`, at }));
    await node.inbox.receive(given, 'webhook');
    await node.round();
    expect(await stage.effects()).toEqual([given[0]?.id, given[1]?.id]);
    await node.round();
    expect(await stage.effects()).toHaveLength(3);
  });

  it('takes a server that does not answer for one that is away', async () => {
    const pool = openPool(stage.server.url, { query_timeout: 500 });
    const applier = new FakeApplier();
    applier.before = async (trx) => void (await sql`select pg_sleep(0.9)`.execute(trx));
    const node = stage.node([applier], undefined, new Database(pool));
    await node.inbox.receive([stage.event('session.created', {})], 'webhook');
    await expect(node.round()).rejects.toThrow('timeout');
    expect((await stage.stored()).map(({ state, attempts }) => [state, attempts])).toEqual([['pending', 0]]);
    await pool.end();
  });

  it('does not hold an outage against an event, however long it lasts', async () => {
    const applier = new FakeApplier();
    applier.fail = () => new ProblemError('upstream_unavailable');
    const node = stage.node([applier]);
    await node.inbox.receive([stage.event('session.created', {})], 'webhook');
    for (let round = 0; round < 20; round++) {
      await node.drain();
      stage.now = new Date(stage.now.getTime() + 2000);
    }
    expect((await stage.stored()).map(({ state, attempts }) => [state, attempts])).toEqual([['pending', 0]]);
    applier.fail = () => null;
    await node.drain();
    expect(applier.applied).toHaveLength(1);
  });

  it('shares the work between nodes: each event once, each object in order', async () => {
    const appliers = [new FakeApplier(), new FakeApplier(), new FakeApplier()];
    const nodes = appliers.map((applier) => stage.node([applier]));
    const given = Array.from({ length: 600 }, (_, at) =>
      stage.event('session.created', { object: `session_${at % 200}`, at }),
    );
    await nodes[0]?.inbox.receive(given, 'webhook');
    await Promise.all(nodes.flatMap((node) => [node.drain(), node.drain()]));
    const effects = await stage.effects();
    expect(effects).toHaveLength(600);
    expect(new Set(effects).size).toBe(600);
    const objectOf = new Map(given.map((event, at) => [event.id, at]));
    const perObject = Map.groupBy(effects, (id) => (objectOf.get(id) ?? 0) % 200);
    for (const ids of perObject.values()) {
      const order = ids.map((id) => objectOf.get(id) ?? -1);
      expect(order).toEqual(order.toSorted((a, b) => a - b));
    }
    expect(appliers.filter(({ applied }) => applied.length > 0).length).toBeGreaterThan(1);
  });

  it('leaves nothing behind where a node dies in the middle, and another one does it', async () => {
    const dying = new FakeApplier();
    const { node, kill, close } = stage.mortalNode([dying]);
    dying.fail = async () => {
      await kill();
      return null;
    };
    const given = stage.event('session.created', {});
    await node.inbox.receive([given], 'webhook');
    await expect(node.round()).rejects.toThrow();
    await close();
    expect(await stage.effects()).toEqual([]);
    expect(states(await stage.stored())).toEqual([[given.id, 'pending', 0]]);
    await stage.node([new FakeApplier()]).drain();
    expect(await stage.effects()).toEqual([given.id]);
  });

  it('two events that lock each other out are both done', async () => {
    const locks = new FakeApplier();
    const [one, two] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    locks.before = async (trx, event) => {
      const [first, second] = event.data.id === 'session_1' ? [1, 2] : [2, 1];
      await stage.lock(trx, first);
      (first === 1 ? one : two).resolve();
      await Promise.all([one.promise, two.promise]);
      await stage.lock(trx, second);
    };
    const nodes = [stage.node([locks]), stage.node([locks])];
    await nodes[0]?.inbox.receive([stage.event('session.created', { object: 'session_1' })], 'webhook');
    const first = nodes[0]?.drain();
    await one.promise;
    await nodes[1]?.inbox.receive([stage.event('session.created', { object: 'session_2' })], 'webhook');
    await Promise.all([first, nodes[1]?.drain()]);
    stage.now = new Date(stage.now.getTime() + 2000);
    await nodes[0]?.drain();
    expect((await stage.stored()).map(({ state, attempts }) => [state, attempts])).toEqual([
      ['done', 0],
      ['done', 0],
    ]);
  });

  it('forgets what was done a month ago, but nothing that is still owed to somebody', async () => {
    const handlers = { names: ['A.b'], namesFor: () => [] } as unknown as EventHandlers;
    const node = stage.node([new FakeApplier()], handlers);
    const [old, owed, dead] = [1, 2, 3].map((n) =>
      stage.event('session.created', { object: `session_${n}` }),
    );
    await node.inbox.receive(
      [old, owed, dead].filter((event) => event !== undefined),
      'webhook',
    );
    await node.drain();
    await sql`update workos_events set state = 'dead' where id = ${dead?.id}`.execute(stage.database);
    await sql`insert into event_deliveries (event_id, handler, state, due_at)
      values (${owed?.id}, 'A.b', 'dead', now()), (${old?.id}, 'A.b', 'done', now())`.execute(stage.database);
    stage.now = new Date(stage.now.getTime() + 30 * 86_400_000);
    await node.forget();
    expect(await stage.stored()).toHaveLength(3);
    stage.now = new Date(stage.now.getTime() + 1);
    expect(await node.forget()).toBe(false);
    const left = (await stage.stored()).map(({ id }) => id);
    expect(new Set(left)).toEqual(new Set([owed?.id, dead?.id]));
  });

  it('has the sessions ended that an event asked to end, once it is committed', async () => {
    const applier = new FakeApplier();
    const node = stage.node([applier]);
    await node.drain();
    expect(node.drained).toBe(0);
    await node.inbox.receive([stage.event('session.created', {})], 'webhook');
    await node.drain();
    expect(node.drained).toBe(1);
  });
});
