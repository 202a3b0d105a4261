/** Milliseconds without hearing itself after which a node counts itself deaf. It speaks once a second. */
const DEAF_AFTER = 2500;

/**
 * Whether a node still hears what it sends itself. A connection that is dead without saying so is found out this way, not
 * by waiting for an error. Monotonic time: the wall clock may jump.
 */
export class Hearing {
  private heardAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** @returns whether it was deaf until now: something else may have been missed */
  heard(): boolean {
    const wasDeaf = !this.isGood();
    this.heardAt = this.now();
    return wasDeaf;
  }

  /** Nothing is heard any more, however short the silence was. */
  lost(): void {
    this.heardAt = Number.NEGATIVE_INFINITY;
  }

  isGood(): boolean {
    return this.now() - this.heardAt < DEAF_AFTER;
  }
}
