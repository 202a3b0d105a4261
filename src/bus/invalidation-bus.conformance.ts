import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Invalidation, InvalidationBus, InvalidationListener } from './invalidation-bus.port.js';

/** What an adapter brings: the buses of three nodes, not started, and the hands on what is between them. */
export interface BusUnderTest {
  /** One and the same, where the bus is for one process alone. */
  readonly nodes: readonly [InvalidationBus, InvalidationBus, InvalidationBus];
  close(): Promise<void>;
}

/** One whose nodes are connected by something that may break. */
export interface WiredBusUnderTest extends BusUnderTest {
  /** Breaks every connection of the first node, and refuses new ones. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  /** The connections of the first node carry nothing any more and stay open. New ones work. */
  freeze(): void;
  /** Says something on the channel that no bus said. */
  say(text: string): Promise<void>;
  /** How many nodes listen, as the server sees it. */
  listeners(): Promise<number>;
}

const MESSAGES: readonly Invalidation[] = [
  { kind: 'session', tokenHash: 'a'.repeat(43) },
  { kind: 'user', id: 'user_ada', exceptSessionId: 'session_1' },
  { kind: 'organization', id: 'org_acme' },
  { kind: 'member', id: 'org_acme:user_ada' },
  { kind: 'connection', id: "conn_'); drop table sessions; --" },
  { kind: 'directory', id: 'directory_🦉' },
  { kind: 'workos_session', id: 'session_01' },
];
const LAST: Invalidation = { kind: 'user', id: 'user_last' };

class Recorder implements InvalidationListener {
  readonly heard: Invalidation[] = [];
  gaps = 0;

  onInvalidation(message: Invalidation): void {
    this.heard.push(message);
  }

  onGap(): void {
    this.gaps += 1;
  }
}

/** The nodes of one test, each with somebody who listens. */
class BusStage<Under extends BusUnderTest> {
  private current: Under | null = null;
  recorders: readonly Recorder[] = [];

  constructor(private readonly make: () => Promise<Under>) {}

  readonly open = async (): Promise<void> => {
    const bus = await this.make();
    this.current = bus;
    this.recorders = bus.nodes.map((node) => {
      const recorder = new Recorder();
      node.subscribe(recorder);
      return recorder;
    });
    for (const node of bus.nodes) node.start();
    await eventually('all nodes are up', () => bus.nodes.every((node) => node.isUp()));
  };

  readonly close = async (): Promise<void> => {
    await this.bus.close();
    for (const node of this.bus.nodes) await node.close();
  };

  get bus(): Under {
    if (!this.current) throw new Error('the stage is not open');
    return this.current;
  }

  readonly heardByAll = (message: Invalidation): Promise<void> =>
    eventually('all nodes have heard it', () =>
      this.recorders.every(({ heard }) => heard.some((known) => isDeepStrictEqual(known, message))),
    );
}

/** What every invalidation bus does. `make` is called for each test; time is real. */
export function invalidationBusConformance(name: string, make: () => Promise<BusUnderTest>): void {
  describe(name, () => {
    const stage = new BusStage(make);
    beforeEach(stage.open);
    afterEach(stage.close);

    it('tells every node, the one that speaks included, once and word for word', async () => {
      const { nodes } = stage.bus;
      await Promise.all(MESSAGES.map(async (message, index) => nodes[index % 3]?.publish(message)));
      for (const message of MESSAGES) await stage.heardByAll(message);
      for (const { heard } of stage.recorders) {
        expect(heard).toHaveLength(MESSAGES.length);
        expect(heard).toEqual(expect.arrayContaining([...MESSAGES]));
      }
    });

    it('says nothing more once it is closed, hears nothing more, and is closed for good', async () => {
      const [first, second] = stage.bus.nodes;
      await first.close();
      await first.publish(LAST);
      first.start();
      await second.publish(LAST);
      const others = stage.recorders.filter((_, index) => stage.bus.nodes[index] !== first);
      await eventually('the others have heard it', () => others.every(({ heard }) => heard.length === 1));
      expect(stage.recorders[0]?.heard).toEqual([]);
      await first.close();
    });
  });
}

/** What a bus does besides whose nodes are connected by something that may break. */
export function wiredBusConformance(name: string, make: () => Promise<WiredBusUnderTest>): void {
  invalidationBusConformance(name, make);

  describe(`${name}, when the wire fails,`, () => {
    const stage = new BusStage(make);
    const { heardByAll } = stage;
    let bus: WiredBusUnderTest;
    let recorders: readonly Recorder[];
    let first: InvalidationBus;
    let second: InvalidationBus;
    beforeEach(async () => {
      await stage.open();
      ({ bus, recorders } = stage);
      [first, second] = bus.nodes;
    });
    afterEach(stage.close);

    it('leaves nothing open when it is closed, not even a line that is being opened', async () => {
      expect(await bus.listeners()).toBe(3);
      await second.close();
      await eventually('two listen', async () => (await bus.listeners()) === 2);
      await bus.cut();
      await eventually('one listens', async () => (await bus.listeners()) === 1);
      const mended = bus.mend();
      await first.close();
      expect(first.isUp()).toBe(false);
      await mended;
      await pause(400);
      expect(await bus.listeners()).toBe(1);
    });

    it('tells of a gap before it is up for the first time: what was said before is not known', () => {
      expect(recorders.map(({ gaps }) => gaps)).toEqual([1, 1, 1]);
    });

    it('takes no notice of what is none of its own', async () => {
      const foreign = [
        'hello',
        '{',
        'null',
        '[]',
        '"user"',
        '{}',
        '{"kind":"user"}',
        '{"kind":"user","id":1}',
        '{"kind":"__proto__","id":"x"}',
        '{"kind":"session","id":"x"}',
        '{"beat":7}',
        '{"beat":"somebody"}',
        '['.repeat(3000),
      ];
      for (const text of foreign) await bus.say(text);
      await first.publish(LAST);
      await heardByAll(LAST);
      for (const { heard, gaps } of recorders) expect([heard, gaps]).toEqual([[LAST], 1]);
      expect(bus.nodes.map((node) => node.isUp())).toEqual([true, true, true]);
    });

    it('knows at once that it is cut off, throws at nobody, and comes back by itself, with a gap', async () => {
      await bus.cut();
      // Sooner than a beat that is missing could tell.
      await eventually('it knows', () => !first.isUp(), 900);
      await expect(first.publish(LAST)).resolves.toBeUndefined();
      await second.publish({ kind: 'user', id: 'user_missed' });
      await pause(300);
      // A machine that is very busy may take a node's own heartbeat for lost, for a moment.
      await eventually('the others hear', () => second.isUp());
      expect([first.isUp(), recorders[0]?.heard]).toEqual([false, []]);
      await bus.mend();
      await eventually('it is back', () => first.isUp());
      expect(recorders.map(({ gaps }) => gaps)).toEqual([2, 1, 1]);
      await second.publish(LAST);
      await heardByAll(LAST);
      await first.publish(MESSAGES[0] as Invalidation);
      await heardByAll(MESSAGES[0] as Invalidation);
    });

    it('knows in time that its line is dead, though nothing says so, and takes a new one', async () => {
      bus.freeze();
      // From the last beat on; a little for the event loop.
      await eventually('it knows', () => !first.isUp(), 2900);
      await eventually('the others hear', () => second.isUp());
      await eventually('it has a new line', () => first.isUp());
      expect(recorders[0]?.gaps).toBe(2);
      await second.publish(LAST);
      await heardByAll(LAST);
      await eventually('the old line is gone', async () => (await bus.listeners()) === 3);
    });
  });
}

async function eventually(
  what: string,
  holds: () => boolean | Promise<boolean>,
  milliseconds = 30_000,
): Promise<void> {
  const giveUp = performance.now() + milliseconds;
  while (!(await holds())) {
    if (performance.now() > giveUp) throw new Error(`Waited ${milliseconds} ms in vain until ${what}`);
    await pause(5);
  }
}
