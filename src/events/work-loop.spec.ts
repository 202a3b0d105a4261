import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { WorkLoop } from './work-loop.js';

/** Work whose rounds a test ends one by one. */
class Work {
  begun = 0;
  ended = 0;
  private readonly open: ((more: boolean) => void)[] = [];
  private readonly failures: Error[] = [];

  readonly round = async (): Promise<boolean> => {
    this.begun += 1;
    const failure = this.failures.shift();
    if (failure) throw failure;
    const more = await new Promise<boolean>((resolve) => this.open.push(resolve));
    this.ended += 1;
    return more;
  };

  fail(times: number): void {
    for (let n = 0; n < times; n++) this.failures.push(new Error('no'));
  }

  async end(more = false): Promise<void> {
    while (this.open.length === 0) await new Promise(setImmediate);
    this.open.shift()?.(more);
    await new Promise(setImmediate);
  }
}

describe('a loop of work', () => {
  beforeAll(() => Logger.overrideLogger(false));
  afterAll(() => Logger.overrideLogger(true));

  it('goes on at once while there is more, and then when it is woken, also in the middle of a round', async () => {
    const work = new Work();
    const loop = new WorkLoop('work', work.round, 60_000);
    loop.start();
    await work.end(true);
    expect(work.begun).toBe(2);
    await work.end();
    expect(work.begun).toBe(2);
    loop.wake();
    await work.end(true);
    loop.wake();
    await work.end();
    expect(work.begun).toBe(5);
    const stopped = loop.stop();
    await work.end();
    await stopped;
  });

  it('ends with the round that is under way, and begins no other', async () => {
    const work = new Work();
    const loop = new WorkLoop('work', work.round, 60_000);
    loop.start();
    let stopped = false;
    const stopping = loop.stop().then(() => (stopped = true));
    await new Promise(setImmediate);
    expect(stopped).toBe(false);
    await work.end(true);
    await stopping;
    expect([work.begun, work.ended]).toEqual([1, 1]);
  });

  it('outlives failures, and ends at once while it waits after one', async () => {
    const work = new Work();
    work.fail(2);
    const loop = new WorkLoop('work', work.round, 60_000, 0.001);
    loop.start();
    await work.end();
    expect(work.begun).toBe(3);
    await loop.stop();
    await new WorkLoop('never begun', work.round, 1).stop();
  });
});
