import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Injectable, type Type } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { sql } from 'kysely';
import { ProblemError } from '../src/common/problem-error.js';
import { EventHandlers } from '../src/events/event-handlers.js';
import { eventsCommand } from '../src/events/events.command.js';
import { eventsOf } from '../src/events/on-workos-event.decorator.js';
import { OnWorkosEvent, type WorkosEventName, type WorkosEventOf } from '../src/events/index.js';
import { runScript } from './support/run-script.js';
import { ServiceProcess } from './support/service-process.js';
import { until } from './support/until.js';
import { ProcessorStage, FakeApplier } from './support/processor-stage.js';

type Begun = WorkosEventOf<'session.created' | 'user.deleted'>;

@Injectable()
class Greeter {
  readonly heard: Begun[] = [];
  fail: () => Error | null = () => null;
  before: () => Promise<void> = async () => undefined;

  @OnWorkosEvent('session.created', 'user.deleted')
  async greet(event: Begun): Promise<void> {
    await this.before();
    const failure = this.fail();
    if (failure) throw failure;
    this.heard.push(event);
  }
}

@Injectable()
class Archive {
  readonly heard: string[] = [];
  before: () => Promise<void> = async () => undefined;

  @OnWorkosEvent('session.created')
  async keep({ id, data }: WorkosEventOf<'session.created'>): Promise<void> {
    await this.before();
    this.heard.push(`${id} ${data.user_id}`);
  }
}

@Injectable()
class Doorbell {
  readonly heard: unknown[] = [];

  @OnWorkosEvent('invitation.accepted', 'authentication.password_failed')
  ring({ event, data }: WorkosEventOf<'invitation.accepted' | 'authentication.password_failed'>): void {
    this.heard.push([event, data['email']]);
  }
}

async function discover(
  ...providers: Type[]
): Promise<{ handlers: EventHandlers; get<T>(type: Type<T>): T }> {
  const module = await Test.createTestingModule({
    imports: [DiscoveryModule],
    providers: [EventHandlers, ...providers],
  }).compile();
  await module.init();
  return { handlers: module.get(EventHandlers), get: (type) => module.get(type) };
}

describe('@OnWorkosEvent', () => {
  let stage: ProcessorStage;
  beforeAll(async () => {
    stage = await ProcessorStage.open();
  });
  afterAll(() => stage.close());
  beforeEach(() => stage.clear());

  const setUp = async () => {
    const { handlers, get } = await discover(Greeter, Archive);
    const applier = new FakeApplier();
    const [node, other] = [stage.node([applier], handlers), stage.node([applier], handlers)];
    return { node, other, applier, greeter: get(Greeter), archive: get(Archive) };
  };
  const deliveries = async () =>
    (
      await sql<{ handler: string; state: string; attempts: number; due_at: Date; error: string | null }>`
        select handler, state, attempts, due_at, error from event_deliveries order by handler`.execute(
        stage.database,
      )
    ).rows;
  const summary = async () => (await deliveries()).map((row) => [row.handler, row.state, row.attempts]);

  it('hands an event to every method that asked for its name, after the service followed it', async () => {
    const { node, greeter, archive } = await setUp();
    const given = stage.event('session.created', { object: 'session_7' });
    await node.inbox.receive([given, stage.event('user.created', {})], 'webhook');
    await node.deliver();
    expect(greeter.heard).toEqual([]);
    await node.drain();
    expect(await stage.effects()).toEqual([given.id]);
    await node.deliver();
    await node.deliver();
    expect(greeter.heard).toMatchObject([
      { id: given.id, event: 'session.created', data: { id: 'session_7' } },
    ]);
    expect(greeter.heard[0]?.data.updated_at).toBeInstanceOf(Date);
    expect(archive.heard).toEqual([`${given.id} user_1`]);
  });

  it('hands over any event of the catalogue, as it came', async () => {
    const { handlers, get } = await discover(Doorbell);
    const node = stage.node([], handlers);
    const data = { id: 'invitation_1', email: 'zoe@acme.com' };
    await node.inbox.receive(
      ['invitation.accepted', 'invitation.created'].map((name) => stage.event(name, { data })),
      'webhook',
    );
    await node.drain();
    await node.deliver();
    expect(get(Doorbell).heard).toEqual([['invitation.accepted', 'zoe@acme.com']]);
    expect(handlers.events).toEqual(['invitation.accepted', 'authentication.password_failed']);
  });

  it('hands over nothing of an event that the service could not follow yet', async () => {
    const { node, greeter, applier } = await setUp();
    applier.fail = () => new Error('no');
    await node.inbox.receive([stage.event('session.created', {})], 'webhook');
    await node.drain();
    await node.deliver();
    expect(greeter.heard).toEqual([]);
  });

  it('tries a method that throws again, later each time, and does not hold up the others', async () => {
    const { node, greeter, archive } = await setUp();
    greeter.fail = () => new Error('ada@acme.com');
    await node.inbox.receive([stage.event('session.created', { of: 'org_acme' })], 'webhook');
    await node.drain();
    const begun = stage.now.getTime();
    for (let attempt = 1; attempt <= 6; attempt++) {
      await node.deliver();
      const greeting = (await deliveries()).find(({ handler }) => handler === 'Greeter.greet');
      expect(greeting?.attempts).toBe(attempt);
      if (greeting?.state === 'pending') stage.now = greeting.due_at;
    }
    expect(stage.now.getTime() - begun).toBe((1 + 5 + 30 + 120 + 600) * 1000);
    expect(archive.heard).toHaveLength(1);
    expect(await summary()).toEqual([
      ['Archive.keep', 'done', 1],
      ['Greeter.greet', 'dead', 6],
    ]);
    expect(stage.audited).toMatchObject([
      {
        action: 'event.set_aside',
        reason: 'session.created',
        organizationId: 'org_acme',
        details: { handler: 'Greeter.greet' },
      },
    ]);
    expect(JSON.stringify([stage.audited, stage.logged])).not.toContain('ada@');
  });

  it('does not count an outage', async () => {
    const { node, greeter } = await setUp();
    greeter.fail = () => new ProblemError('upstream_unavailable');
    await node.inbox.receive([stage.event('session.created', {})], 'webhook');
    await node.drain();
    for (let attempt = 0; attempt < 10; attempt++) {
      await node.deliver();
      stage.now = new Date(stage.now.getTime() + 2000);
    }
    greeter.fail = () => null;
    await node.deliver();
    expect(greeter.heard).toHaveLength(1);
  });

  it('is handed to one node at a time, and to another one where that is gone', async () => {
    const { node, other, archive } = await setUp();
    await node.inbox.receive([stage.event('session.created', {})], 'webhook');
    await node.drain();
    let release = () => undefined as void;
    archive.before = () => new Promise((resolve) => (release = resolve));
    await node.beginDeliveries();
    await other.deliver();
    expect(archive.heard).toEqual([]);
    stage.now = new Date(stage.now.getTime() + 121_000);
    archive.before = async () => undefined;
    await other.deliver();
    expect(archive.heard).toHaveLength(1);
    release();
    await node.deliver();
    // At least once: the first one, given up on, got through as well. What counts is settled once.
    expect(archive.heard).toHaveLength(2);
    expect((await summary())[0]).toEqual(['Archive.keep', 'done', 2]);
  });

  it('is set aside once, by the node that has it', async () => {
    const { node, other, greeter } = await setUp();
    greeter.fail = () => new Error('no');
    await node.inbox.receive([stage.event('session.created', {})], 'webhook');
    await node.drain();
    await sql`update event_deliveries set attempts = 5`.execute(stage.database);
    const [begun, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    greeter.before = async () => {
      greeter.before = async () => undefined;
      begun.resolve();
      await held.promise;
    };
    const late = node.deliver();
    await begun.promise;
    stage.now = new Date(stage.now.getTime() + 121_000);
    await other.deliver();
    held.resolve();
    await late;
    expect(stage.audited.map(({ action }) => action)).toEqual(['event.set_aside']);
  });

  it('is set aside after a week where its method is gone, is seen, and is forgotten in the end', async () => {
    const { node } = await setUp();
    await node.inbox.receive([stage.event('session.created', {})], 'webhook');
    await node.drain();
    await sql`insert into event_deliveries (event_id, handler, state, due_at)
      select id, 'Former.greet', 'pending', due_at from workos_events`.execute(stage.database);
    const later = (milliseconds: number) => (stage.now = new Date(stage.now.getTime() + milliseconds));
    await node.setAsideUnheard();
    expect((await summary()).map(([, state]) => state)).toEqual(['pending', 'pending', 'pending']);
    later(7 * 86_400_000 + 1);
    await node.setAsideUnheard();
    expect(await summary()).toEqual([
      ['Archive.keep', 'pending', 0],
      ['Former.greet', 'dead', 0],
      ['Greeter.greet', 'pending', 0],
    ]);
    expect(stage.audited).toMatchObject([
      { action: 'event.set_aside', details: { handler: 'Former.greet', deliveries: 1 } },
    ]);
    expect((await eventsCommand(stage.server.url, ['list'])).text).toMatch(
      /Former\.greet +0 +NoSuchHandler$/,
    );
    await node.deliver();
    later(30 * 86_400_000 + 1);
    await node.forget();
    expect(await stage.stored()).toEqual([]);
  });

  it('goes on with other events while a method never ends with one, which counts as an attempt', async () => {
    const { node, archive } = await setUp();
    const given = Array.from({ length: 30 }, (_, at) => stage.event('session.created', { at }));
    await node.inbox.receive(given, 'webhook');
    await node.drain();
    let begun = 0;
    archive.before = () => (begun++ === 0 ? new Promise(() => {}) : Promise.resolve());
    const open = () => deliveries().then((rows) => rows.filter(({ state }) => state !== 'done'));
    await until('all others were heard', async () => {
      await node.beginDeliveries();
      return archive.heard.length === 29 && (await open()).length === 1;
    });
    await node.deliver();
    expect(await open()).toMatchObject([{ handler: 'Archive.keep', state: 'pending', attempts: 1 }]);
    expect((await open())[0]?.due_at).toEqual(new Date(stage.now.getTime() + 1000));
    expect((await open())[0]?.error).toMatch(/^HandlerTimeout/);
    stage.now = new Date(stage.now.getTime() + 1000);
    await node.deliver();
    expect(archive.heard).toHaveLength(30);
    expect(await open()).toEqual([]);
  });

  it('stands on the list of what was given up on until an operator lets it go again', async () => {
    const { node, greeter, applier } = await setUp();
    const run = (...words: string[]) => eventsCommand(stage.server.url, words);
    expect(await run('list')).toEqual({ exitCode: 0, text: 'No event was set aside.' });
    const [mine, theirs] = [1, 2].map((at) =>
      stage.event('session.created', { object: `session_${at}`, at }),
    );
    if (!mine || !theirs) throw new Error('two events');
    greeter.fail = () => new Error('no');
    applier.fail = ({ id }) => (id === theirs.id ? new Error('no') : null);
    await node.inbox.receive([mine, theirs], 'webhook');
    for (let attempt = 0; attempt < 7; attempt++) {
      await node.drain();
      await node.deliver();
      stage.now = new Date(stage.now.getTime() + 601_000);
    }
    const listed = (await run('list')).text.split('\n');
    expect(listed[0]).toMatch(/^event +name +created +organization +given up by +attempts +reason$/);
    expect(listed[1]).toMatch(
      new RegExp(`^${theirs.id}  session.created  .*  the service +6 +Error at src/`),
    );
    expect(listed[2]).toMatch(new RegExp(`^${mine.id}  session.created  .*  Greeter.greet +6 +Error`));
    expect(await run('show', mine.id)).toMatchObject({
      exitCode: 0,
      text: expect.stringContaining('"session_1"'),
    });
    for (const words of [
      ['show', 'event_0'],
      ['replay', 'event_0'],
      ['show', "' or true --"],
    ])
      expect(await run(...words)).toMatchObject({ exitCode: 1 });
    for (const words of [[], ['replay'], ['list', 'x'], ['drop'], ['replay', mine.id, theirs.id]])
      expect(await run(...words)).toMatchObject({
        exitCode: 2,
        text: expect.stringContaining('npm run events'),
      });

    expect(await run('--help')).toMatchObject({ exitCode: 0 });
    expect(await eventsCommand('garbage', ['list'])).toMatchObject({
      exitCode: 2,
      text: expect.stringMatching(/^DATABASE_URL must be/),
    });

    greeter.fail = () => null;
    applier.fail = () => null;
    // The command line has a clock of its own, the real one.
    const caughtUp = () => (stage.now = new Date());
    ServiceProcess.build();
    const env = { DATABASE_URL: stage.server.url };
    const script = await runScript('events.mjs', ['list'], env);
    expect(script).toEqual({ status: 0, error: '', output: `${listed.join('\n')}\n` });
    expect(await runScript('events.mjs', ['show', 'event_0'], env)).toMatchObject({ status: 1, output: '' });
    expect(await runScript('events.mjs', ['list'], {})).toMatchObject({
      status: 2,
      error: expect.stringContaining('DATABASE_URL is not set'),
    });
    expect(await run('replay', mine.id)).toMatchObject({
      exitCode: 0,
      text: expect.stringMatching(/^1 replayed/),
    });
    caughtUp();
    await node.deliver();
    expect(greeter.heard.map(({ id }) => id)).toEqual([mine.id]);
    expect((await run('list')).text.split('\n')).toHaveLength(2);
    expect(await run('replay', '--all')).toMatchObject({ exitCode: 0 });
    caughtUp();
    await node.drain();
    await node.deliver();
    expect(greeter.heard.map(({ id }) => id)).toEqual([mine.id, theirs.id]);
    expect((await run('list')).text).toBe('No event was set aside.');
    const { rows } = await sql<{ action: string }>`select action from audit_events`.execute(stage.database);
    expect(rows.map(({ action }) => action)).toEqual(['event.replayed', 'event.replayed']);
  });

  it('says that the list of what was given up on is longer than what it shows', async () => {
    await sql`insert into workos_events
        (id, event, object_key, created_at, received_at, source, data, state, due_at)
      select 'event_' || n, 'session.created', '', now(), now(), 'webhook', '{}', 'dead', now()
      from generate_series(1, 1001) as n`.execute(stage.database);
    const list = async () => (await eventsCommand(stage.server.url, ['list'])).text.split('\n');
    expect((await list()).slice(1001)).toEqual(['These are the latest 1000; there are more.']);
    await sql`delete from workos_events where id = 'event_1'`.execute(stage.database);
    expect(await list()).toHaveLength(1001);
  });

  it('does not compile for a name or a payload that is not of WorkOS, and throws where it stands', () => {
    expect(() => OnWorkosEvent('user.renamed' as WorkosEventName)).toThrow(TypeError);
    expect(() => OnWorkosEvent('constructor' as WorkosEventName)).toThrow(TypeError);
    // @ts-expect-error a name is needed
    expect(() => OnWorkosEvent()).toThrow(TypeError);
    // @ts-expect-error no event of WorkOS's
    expect(() => OnWorkosEvent('user.renamed')).toThrow(TypeError);
    class Wrong {
      // @ts-expect-error the payload of another event
      @OnWorkosEvent('connection.deleted')
      handle(_event: WorkosEventOf<'user.deleted'>): void {}
    }
    expect(eventsOf(new Wrong().handle)).toEqual(['connection.deleted']);
  });

  it('refuses to start with two handlers that could not be told apart', async () => {
    const Twin = (() => {
      @Injectable()
      class Archive {
        @OnWorkosEvent('session.created')
        keep(): void {}
      }
      return Archive;
    })();
    await expect(discover(Archive, Twin)).rejects.toThrow('Archive.keep');
  });
});
