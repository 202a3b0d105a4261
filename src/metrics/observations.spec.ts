import { beforeEach, describe, expect, it } from '@jest/globals';
import { metrics } from '@opentelemetry/api';
import { Test } from '@nestjs/testing';
import { Exposition } from '../prometheus/exposition.js';
import { Meter } from './meter.js';
import { MetricsModule } from './metrics.module.js';
import { Observations } from './observations.js';

describe('what is looked up whenever somebody collects', () => {
  let exposition: Exposition;
  let meter: Meter;
  let observations: Observations;
  beforeEach(() => {
    exposition = new Exposition();
    meter = exposition.getMeter('test');
    observations = new Observations(meter);
  });

  const observe = (ask: () => number | Promise<number>, name = 'waiting') =>
    observations.add(ask, [{ of: meter.createObservableGauge(name), value: (answer) => answer }]);
  const values = async () =>
    (await exposition.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));

  it('is asked anew each time', async () => {
    let waiting = 3;
    observe(() => waiting);
    expect(await values()).toEqual(['waiting 3']);
    waiting = 4;
    expect(await values()).toEqual(['waiting 4']);
  });

  it('is not a number where it cannot be said, rather than what it was before', async () => {
    let ask = async () => 3;
    observe(() => ask());
    observe(() => 1, 'other');
    expect(await values()).toEqual(['waiting 3', 'other 1']);
    ask = async () => {
      throw new Error('the store is away');
    };
    expect(await values()).toEqual(['waiting NaN', 'other 1']);
    ask = () => new Promise(() => undefined);
    const begun = performance.now();
    expect(await values()).toEqual(['waiting NaN', 'other 1']);
    expect(performance.now() - begun).toBeLessThan(2000);
  });

  it('is asked once for all who collect at the same time', async () => {
    let asked = 0;
    const answer = Promise.withResolvers<number>();
    observe(() => {
      asked += 1;
      return answer.promise;
    });
    const readings = Promise.all([values(), values(), values()]);
    answer.resolve(3);
    expect(await readings).toEqual([['waiting 3'], ['waiting 3'], ['waiting 3']]);
    expect(asked).toBe(1);
  });

  it('is asked no more once the application has ended', async () => {
    let asked = 0;
    observe(() => (asked += 1));
    await values();
    observations.onApplicationShutdown();
    await values();
    expect(asked).toBe(1);
  });
});

describe('the meter of an application that does not collect by itself', () => {
  const meterOf = async () => {
    const module = await Test.createTestingModule({ imports: [MetricsModule] }).compile();
    return module.get(Meter, { strict: false });
  };

  it("is the process's, as a host has registered it", async () => {
    const host = new Exposition();
    metrics.setGlobalMeterProvider({ getMeter: (name) => host.getMeter(name) as never });
    try {
      (await meterOf()).createCounter('reports').add(2);
      expect(await host.text()).toContain('reports_total 2\n');
    } finally {
      metrics.disable();
    }
  });

  it('measures nothing where the host has registered none', async () => {
    const observations = new Observations(await meterOf());
    let asked = 0;
    observations.add(() => (asked += 1), []);
    observations.onApplicationShutdown();
    expect(asked).toBe(0);
  });
});
