/** The time. Injected, so that tests move it instead of sleeping. */
export abstract class Clock {
  abstract now(): Date;

  /** The same moment as a number, without an object around it: for what happens on every request. */
  milliseconds(): number {
    return this.now().getTime();
  }
}

export class SystemClock extends Clock {
  now(): Date {
    return new Date();
  }

  override milliseconds(): number {
    return Date.now();
  }
}
