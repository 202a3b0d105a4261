import { describe, expect, it } from '@jest/globals';
import { versionOf } from './version.js';

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds));
const event = (seconds: number, id: string) => ({ createdAt: at(seconds), id: `event_${id}` });

describe('the version of a copy', () => {
  it('follows the time of the object first, whenever it was heard of', () => {
    const older = versionOf({ updatedAt: at(1), event: event(59, 'Z') });
    expect(older < versionOf({ updatedAt: at(2), event: event(3, 'A') })).toBe(true);
    expect(older < versionOf({ updatedAt: at(2) })).toBe(true);
  });

  it('follows the time of the event where the object says the same', () => {
    const first = versionOf({ updatedAt: at(1), event: event(2, 'B') });
    expect(first < versionOf({ updatedAt: at(1), event: event(3, 'A') })).toBe(true);
  });

  it('tells two events of one moment apart', () => {
    const first = versionOf({ updatedAt: at(1), event: event(2, 'A') });
    expect(first < versionOf({ updatedAt: at(1), event: event(2, 'B') })).toBe(true);
  });

  it('lets an event of the same time go before what the API says', () => {
    expect(versionOf({ updatedAt: at(1) }) < versionOf({ updatedAt: at(1), event: event(1, 'A') })).toBe(
      true,
    );
  });
});
