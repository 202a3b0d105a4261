/** Milliseconds between two beats, and without hearing one after which a node counts itself deaf. */
const EVERY = 1000;
const DEAF_AFTER = 2500;

/**
 * Tells whether a node still hears what it sends itself. A connection that is dead without saying so is found out this
 * way, not by waiting for an error. Monotonic time: the wall clock may jump.
 */
export class Heartbeat {
  private heardAt = Number.NEGATIVE_INFINITY;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly send: () => void,
    private readonly onGap: () => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  start(): void {
    if (this.timer) return;
    this.send();
    this.timer = setInterval(this.send, EVERY);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** A beat of our own came back. After a silence, something else may have been missed. */
  heard(): void {
    const wasDeaf = !this.isAlive();
    this.heardAt = this.now();
    if (wasDeaf) this.onGap();
  }

  isAlive(): boolean {
    return this.now() - this.heardAt < DEAF_AFTER;
  }
}
