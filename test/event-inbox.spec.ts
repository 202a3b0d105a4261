import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { RawWorkosEvent } from '../src/identity/workos-event.js';
import { FakeApplier, ProcessorStage } from './support/processor-stage.js';

const deep = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

describe('the inbox of events', () => {
  let stage: ProcessorStage;
  beforeAll(async () => {
    stage = await ProcessorStage.open();
  }, 20_000);
  afterAll(() => stage.close());
  beforeEach(() => stage.clear());

  const session = (fields: Record<string, unknown>) => {
    const event = stage.event('session.created', { object: 'session_poison' });
    return { ...event, data: { ...event.data, ...fields } } as RawWorkosEvent;
  };

  const POISON: Record<string, () => RawWorkosEvent> = {
    'the NUL in its id': () => session({ id: 'session_\0' }),
    'the NUL in its organization': () => session({ organization_id: 'org_\0' }),
    'an id longer than an index holds': () => session({ id: randomBytes(9000).toString('hex') }),
    'a payload deeper than the stack': () => session({ raw: deep(200_000) }),
    'a payload deeper than the database takes': () => session({ raw: deep(20_000) }),
    'a payload deeper than anything that reads it expects': () => session({ raw: deep(100) }),
  };

  it.each(Object.entries(POISON))(
    'sets an event aside for %s, and takes those beside it',
    async (_, poison) => {
      const applier = new FakeApplier();
      const node = stage.node([applier]);
      const [before, bad, after] = [
        stage.event('session.created', { object: 'session_1', at: 1 }),
        poison(),
        stage.event('session.created', { object: 'session_2', at: 2 }),
      ];
      await node.inbox.receive([before, bad, after], 'events_api');
      await node.drain();
      expect(applier.applied).toEqual([before.id, after.id]);
      expect((await stage.stored()).filter(({ state }) => state === 'dead').map(({ id }) => id)).toEqual([
        bad.id,
      ]);
      const { rows } =
        await sql`select object_key, organization_id, data from workos_events where state = 'dead'`.execute(
          stage.database,
        );
      expect(rows).toEqual([{ object_key: bad.id, organization_id: null, data: {} }]);
      expect(JSON.stringify(stage.logged)).toContain('an event cannot be stored');
    },
  );

  it('keeps a name that a database refuses, without what it refuses in it', async () => {
    const node = stage.node([]);
    await node.inbox.receive([session({ status: 'a\0b', raw: deep(40) })], 'webhook');
    const { rows } = await sql<{
      status: string;
    }>`select data->>'status' as status from workos_events`.execute(stage.database);
    expect(rows).toEqual([{ status: 'a\uFFFDb' }]);
  });

  it('stores nothing of what it was told while the database is away, and says so', async () => {
    const { node, kill, close } = stage.mortalNode([]);
    await close();
    await kill();
    await expect(node.inbox.receive([session({})], 'webhook')).rejects.toThrow('store_unavailable');
  });
});
