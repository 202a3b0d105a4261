import { beforeEach, describe, expect, it } from '@jest/globals';
import { ProblemError } from '../common/problem-error.js';
import { ObjectLists, type ObjectList, type ObjectPage } from '../identity/object-lists.port.js';
import { PatientLists } from './patient-lists.js';

/** Three pages, behind failures. */
class FlakyLists extends ObjectLists {
  readonly asked: (string | null)[] = [];
  readonly failures = new Map<string | null, Error[]>();

  override async page(_: ObjectList, after: string | null): Promise<ObjectPage> {
    this.asked.push(after);
    const failure = this.failures.get(after)?.shift();
    if (failure) throw failure;
    const id = Number(after ?? 0) + 1;
    return { objects: [{ id }], next: id < 3 ? String(id) : null };
  }

  override async exists(): Promise<boolean> {
    return (await this.page({ of: 'users' }, null)).next !== null;
  }
}

describe('a list that is read with patience', () => {
  let lists: FlakyLists;
  let waited: number[];
  let steps: number;
  let patient: PatientLists;
  beforeEach(() => {
    lists = new FlakyLists();
    [waited, steps] = [[], 0];
    const goOn = async () => void steps++;
    patient = new PatientLists(lists, goOn, async (milliseconds) => void waited.push(milliseconds));
  });

  const away = (retryAfter?: number) =>
    new ProblemError('upstream_unavailable', retryAfter === undefined ? {} : { retryAfter });
  const read = async () => {
    const ids: unknown[] = [];
    for await (const page of patient.pages({ of: 'users' })) ids.push(...page.map(({ id }) => id));
    return ids;
  };

  it('goes on at the page that failed, later each time', async () => {
    lists.failures.set('1', [away(), away(), away(), away()]);
    expect(await read()).toEqual([1, 2, 3]);
    expect(lists.asked).toEqual([null, '1', '1', '1', '1', '1', '2']);
    expect(waited).toEqual([1000, 2000, 4000, 8000]);
  });

  it('waits for as long as WorkOS says, and is heard of meanwhile', async () => {
    lists.failures.set(null, [away(25)]);
    expect(await patient.exists('user', 'user_1')).toBe(true);
    expect(waited).toEqual([10_000, 10_000, 5000]);
    expect(steps).toBe(3);
  });

  it('gives up after the fifth attempt, and at once where waiting does not help', async () => {
    lists.failures.set('1', [away(), away(), away(), away(), away()]);
    await expect(read()).rejects.toThrow('upstream_unavailable');
    expect(lists.asked).toHaveLength(6);
    lists.failures.set('1', [new Error('a mistake')]);
    waited.length = 0;
    await expect(read()).rejects.toThrow('a mistake');
    expect(waited).toEqual([]);
  });
});
