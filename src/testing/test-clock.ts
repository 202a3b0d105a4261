import { Clock } from '../common/clock.js';

/**
 * A clock that stands still until a test moves it.
 *
 * @example
 * ```ts
 * const clock = new TestClock('2026-03-01T12:00:00Z');
 * const app = await createTestApp(InvoicesModule, { clock });
 * clock.move(60);
 * ```
 */
export class TestClock extends Clock {
  private at: number;

  constructor(start: string | Date) {
    super();
    this.at = new Date(start).getTime();
  }

  now(): Date {
    return new Date(this.at);
  }

  move(seconds: number): void {
    this.at += seconds * 1000;
  }
}
