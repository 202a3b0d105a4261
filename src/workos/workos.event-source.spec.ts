import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { WorkosEventSource } from './workos.event-source.js';
import { WorkosObjectLists } from './workos.object-lists.js';
import { WorkosStub } from './workos.stub.js';

describe("WorkOS's log and lists", () => {
  let stub: WorkosStub;
  let source: WorkosEventSource;
  let lists: WorkosObjectLists;
  beforeAll(async () => {
    stub = await WorkosStub.start();
    const client = stub.client('client_01');
    source = new WorkosEventSource(client);
    lists = new WorkosObjectLists(client);
  });
  afterAll(() => stub.close());
  beforeEach(() => {
    stub.received.length = 0;
  });

  const event = (id: string, more = {}) => ({
    object: 'event',
    id,
    event: 'user.created',
    created_at: '2026-01-01T00:00:00.000Z',
    data: { id: 'user_1', first_name: 'Ada' },
    ...more,
  });
  const page = (data: unknown[], after: string | null = null) => ({
    json: { object: 'list', data, list_metadata: { after } },
  });
  const NAMES = ['user.created', 'dsync.group.user_removed', 'invitation.accepted'];
  const asked = () => stub.received.map(({ query }) => Object.fromEntries(query));

  it('reads events oldest first, with payloads as they are on the wire', async () => {
    stub.on('/events', page([event('event_1'), event('event_2')]));
    expect(await source.read('event_0', NAMES)).toEqual({
      cursor: 'event_2',
      events: ['event_1', 'event_2'].map((id) => ({
        id,
        event: 'user.created',
        createdAt: new Date('2026-01-01T00:00:00.000Z'),
        data: { id: 'user_1', first_name: 'Ada' },
      })),
    });
    expect(asked()).toMatchObject([{ after: 'event_0', order: 'asc', limit: '100' }]);
    expect(asked()[0]?.['events']).toBe(NAMES.join(','));
  });

  it('goes past what is no event, and stays where there is nothing new', async () => {
    stub.on('/events', page([event('event_1', { created_at: 'never' })]));
    expect(await source.read(null, NAMES)).toEqual({ cursor: 'event_1', events: [] });
    stub.on('/events', page([]));
    expect(await source.read('event_1', NAMES)).toEqual({ cursor: null, events: [] });
    expect(await source.end(NAMES)).toBeNull();
  });

  it.each([400, 404, 422])(
    'takes %d for a lost cursor where the same without it is answered',
    async (status) => {
      stub.on('/events', ({ query }) =>
        query.has('after') ? { status, json: { message: 'no such event' } } : page([event('event_9')]),
      );
      expect(await source.read('event_1', NAMES)).toBe('cursor_lost');
      stub.on('/events', { status, json: { message: 'no' } });
      await expect(source.read('event_1', NAMES)).rejects.toMatchObject({ code: 'upstream_unavailable' });
      await expect(source.read(null, NAMES)).rejects.toMatchObject({ code: 'upstream_unavailable' });
    },
  );

  it.each([
    { status: 500, json: {} },
    { status: 401, json: {} },
    { status: 429, json: {} },
    { status: 200, html: '<html>' },
    { status: 200, json: { data: 'none' } },
    'hang up' as const,
  ])('takes %j for an outage, not for an answer', async (reply) => {
    stub.on('/events', reply);
    await expect(source.read('event_1', NAMES)).rejects.toMatchObject({ code: 'upstream_unavailable' });
    stub.on('/organizations', reply);
    stub.on('/organizations/org_1', reply);
    await expect(lists.page({ of: 'organizations' }, null)).rejects.toMatchObject({
      code: 'upstream_unavailable',
    });
    if (typeof reply === 'object' && reply.status === 200) return;
    await expect(lists.exists('organization', 'org_1')).rejects.toMatchObject({
      code: 'upstream_unavailable',
    });
  });

  it('lists to the end, page by page', async () => {
    stub.on('/organizations', ({ query }) =>
      query.has('after') ? page([{ id: 'org_2' }]) : page([{ id: 'org_1' }], 'org_1'),
    );
    const first = await lists.page({ of: 'organizations' }, null);
    expect(first).toEqual({ objects: [{ id: 'org_1' }], next: 'org_1' });
    const second = await lists.page({ of: 'organizations' }, first.next);
    expect(second).toEqual({ objects: [{ id: 'org_2' }], next: null });
  });

  it('asks for the people of a directory no more than four times a second', async () => {
    stub.on('/directory_users', () => page([{ id: 'directory_user_1' }]));
    const began = performance.now();
    for (let asking = 0; asking < 4; asking++)
      await lists.page({ of: 'directory_users', directoryId: 'directory_1' }, null);
    expect(performance.now() - began).toBeGreaterThan(750);
  });

  it('finds nothing below what is gone, and never takes a missing list of all for an empty one', async () => {
    for (const path of ['/user_management/organization_memberships', '/connections'])
      stub.on(path, { status: 404 });
    const memberships = lists.page({ of: 'memberships', organizationId: 'org_1' }, null);
    expect(await memberships).toEqual({ objects: [], next: null });
    await expect(lists.page({ of: 'connections' }, null)).rejects.toMatchObject({
      code: 'upstream_unavailable',
    });
    stub.on('/connections/conn_1', { status: 404 });
    expect(await lists.exists('connection', 'conn_1')).toBe(false);
    stub.on('/connections/conn_1', { json: { id: 'conn_1' } });
    expect(await lists.exists('connection', 'conn_1')).toBe(true);
  });
});
