import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { RawWorkosEvent } from '../src/identity/workos-event.js';
import { FakeApplier, ProcessorStage, type EventNode } from './support/processor-stage.js';

describe('whose event is next', () => {
  let stage: ProcessorStage;
  let node: EventNode;
  beforeAll(async () => {
    stage = await ProcessorStage.open();
  }, 20_000);
  afterAll(() => stage.close());
  beforeEach(async () => {
    await stage.clear();
    node = stage.node([new FakeApplier()]);
  });

  const many = (count: number, more: (n: number) => Parameters<ProcessorStage['event']>[1]) =>
    Array.from({ length: count }, (_, n) => stage.event('session.created', { at: n, ...more(n) }));
  const told = (events: readonly RawWorkosEvent[]) => node.inbox.receive(events, 'webhook');
  const asAccounts = (events: readonly RawWorkosEvent[]) =>
    events.map((event, n) => ({ ...event, id: `account_${n}` }));

  it('one tenant waits for no other, however much that one has waiting', async () => {
    await told(many(2000, (n) => ({ object: `session_${n}`, of: 'org_globex' })));
    const late = stage.event('session.created', { object: 'session_ada', of: 'org_acme', at: 9000 });
    await told([late]);
    await node.round();
    expect(await stage.effects()).toContain(late.id);
  });

  it('nobody is left out, of however many', async () => {
    const given = many(600, (n) => ({ object: `session_${n}`, of: `org_${n % 150}` }));
    await told(given);
    for (let round = 0; round < 4; round++) await node.round();
    const ownerOf = new Map(given.map(({ id, data }) => [id, data['organization_id']]));
    const served = new Set((await stage.effects()).map((id) => ownerOf.get(id)));
    expect(served.size).toBe(150);
  });

  it('what ends access goes first, behind what is older of its object', async () => {
    const hired = many(500, (n) => ({ object: `session_${n}`, of: 'org_globex' }));
    const left = stage.event('session.revoked', { object: 'session_300', of: 'org_globex', at: 9000 });
    await told([...hired, left]);
    await node.round();
    const effects = await stage.effects();
    expect(effects).toContain(left.id);
    expect(effects.indexOf(hired[300]?.id ?? '')).toBe(effects.indexOf(left.id) - 1);
  });

  it('what has just happened goes before what a reconciliation tells', async () => {
    await told(asAccounts(many(500, (n) => ({ object: `session_${n}` }))));
    const now = stage.event('session.created', { object: 'session_zoe', at: 9000 });
    await told([now]);
    await node.round();
    expect(await stage.effects()).toContain(now.id);
  });

  it('what may wait does not wait for ever', async () => {
    await told(asAccounts(many(20, (n) => ({ object: `session_${n}` }))));
    for (let round = 0; round < 5; round++) {
      const urgent = many(100, (n) => ({ object: `session_${round}_${n}`, of: `org_${n}` }));
      await told(urgent.map((event) => ({ ...event, event: 'session.revoked' })));
      await node.round();
    }
    const accounts = (await stage.effects()).filter((id) => id.startsWith('account_'));
    expect(accounts.length).toBe(20);
  });

  it('an owner whom another node is busy with is left out, not waited for', async () => {
    await told(many(5, () => ({ object: 'session_1', of: 'org_acme' })));
    const other = new FakeApplier();
    const busy = stage.node([other]);
    other.before = async () => {
      other.before = async () => undefined;
      await told(many(3, (n) => ({ object: `session_b${n}`, of: 'org_globex' })));
      await node.drain();
      expect(await stage.effects()).toHaveLength(3);
    };
    await busy.round();
    expect(await stage.effects()).toHaveLength(8);
  });
});
