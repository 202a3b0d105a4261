import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SandboxClock } from '../clock.js';
import { startSandbox, type RunningSandbox } from '../server.js';
import { EventLog } from './event-log.js';
import { eventPage } from './event-page.js';

const DAY = 24 * 3600;

function filledLog(): { log: EventLog; clock: SandboxClock; ids: string[] } {
  const clock = new SandboxClock();
  const log = new EventLog(clock);
  for (const [index, name] of ['user.created', 'user.updated', 'user.created', 'user.deleted'].entries()) {
    log.record(name, { index }, index % 2 === 0 ? 'org_a' : null, null);
  }
  return { log, clock, ids: log.entries.map(({ id }) => id) };
}

describe('the event log', () => {
  it('gives ids that sort by their order, also inside one millisecond and after the clock went back', () => {
    const { log, clock } = filledLog();
    clock.advance(-60);
    log.record('user.created', {}, null, null);
    const ids = log.entries.map(({ id }) => id);
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(5);
  });

  it('forgets what is older than 90 days', () => {
    const { log, clock } = filledLog();
    clock.advance(89 * DAY);
    log.record('user.created', {}, null, null);
    expect(log.entries).toHaveLength(5);
    clock.advance(2 * DAY);
    expect(log.entries).toHaveLength(1);
  });
});

describe('a page of events', () => {
  const shown = (log: EventLog, query: Record<string, unknown>): unknown =>
    eventPage(log.entries, query).events.map(({ data }) => data['index']);

  it('comes newest first, or oldest first where asked, with a cursor while there are more', () => {
    const { log, ids } = filledLog();
    expect(shown(log, {})).toEqual([3, 2, 1, 0]);
    const first = eventPage(log.entries, { order: 'asc', limit: '3' });
    expect([first.events.length, first.after]).toEqual([3, ids[2]]);
    expect(eventPage(log.entries, { order: 'asc', after: ids[2] })).toMatchObject({ after: null });
    expect(shown(log, { order: 'asc', after: ids[2] })).toEqual([3]);
    expect(shown(log, { order: 'desc', after: ids[2] })).toEqual([1, 0]);
    expect(shown(log, { order: 'asc', before: ids[3], limit: '2' })).toEqual([1, 2]);
  });

  it('is filtered by name, organization and moment, and its cursor need not match the filter', () => {
    const { log, ids } = filledLog();
    expect(shown(log, { 'events[]': ['user.created', 'user.deleted'], after: ids[1], order: 'asc' })).toEqual(
      [2, 3],
    );
    expect(shown(log, { organization_id: 'org_a' })).toEqual([2, 0]);
    const future = new Date(Date.now() + 60_000).toISOString();
    expect(shown(log, { range_start: future })).toEqual([]);
    expect(shown(log, { range_end: future, limit: '1' })).toEqual([3]);
  });

  it('is refused where the cursor points beyond the retention, and not read as the beginning', () => {
    const { log, ids } = filledLog();
    log.dropBefore(new Date(Date.now() + 1000));
    log.record('user.created', {}, null, null);
    expect(() => eventPage(log.entries, { after: ids[0] })).toThrow('answered 400');
  });

  it.each([
    [422, { after: 'event_x' }],
    [422, { limit: '101' }],
    [422, { order: 'sideways' }],
    [422, { range_start: 'never' }],
    [400, { range_start: '2026-01-01T00:00:00Z', range_end: '2026-03-01T00:00:00Z' }],
  ])('is refused with %i for %j', (status, query) => {
    expect(() => eventPage([], query)).toThrow(`answered ${status}`);
  });
});

describe('the controls of events', () => {
  let sandbox: RunningSandbox;
  beforeAll(async () => {
    sandbox = await startSandbox({ appUrl: 'http://localhost:3999' });
  });
  afterAll(() => sandbox.close());
  const post = (path: string, body: unknown): Promise<Response> =>
    fetch(`${sandbox.url}/_sandbox/events${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  beforeEach(() => sandbox.state.reset());

  it('record an event that no change made', async () => {
    const response = await post('', { event: 'flag.created', data: { id: 'flag_1' } });
    expect(await response.json()).toMatchObject({ object: 'event', event: 'flag.created' });
    expect(sandbox.state.events).toHaveLength(1);
  });

  it('drop what is older than a moment, or everything', async () => {
    await post('', { event: 'a', data: {} });
    await post('/drop', { before: '2026-01-01T00:00:00Z' });
    expect(sandbox.state.events).toHaveLength(1);
    await post('/drop', {});
    expect(sandbox.state.events).toHaveLength(0);
  });
});
