import { z } from 'zod';
import { flag } from '../controls.http.js';

const count = z.coerce.number().int().min(0).max(1_000_000);

export const switchesSchema = z.strictObject({
  /** No deliveries at all: what happens meanwhile is in the Events API alone. */
  off: flag.optional(),
  /** How many further copies of each delivery are sent. */
  duplicate: count.max(20).optional(),
  /** A few deliveries are held and then sent newest first. */
  shuffle: flag.optional(),
  /** A share of the deliveries below 1, or how many of the next ones, are never sent. */
  lose: z.coerce.number().min(0).max(1_000_000).optional(),
  /** Milliseconds before each delivery. */
  delay: count.optional(),
  /** Milliseconds before the first retry; each further one waits twice as long. */
  retry: count.min(1).optional(),
});

export interface Switches {
  off: boolean;
  duplicate: number;
  shuffle: boolean;
  lose: number;
  delay: number;
  retry: number;
}

export const SWITCHES: Readonly<Switches> = {
  off: false,
  duplicate: 0,
  shuffle: false,
  lose: 0,
  delay: 0,
  retry: 200,
};

/** Decides which deliveries are lost: evenly spread for a share, the next ones for a number. */
export class Losses {
  #lose = 0;
  #due = 0;

  set(lose: number): void {
    this.#lose = lose;
    this.#due = 0;
  }

  next(): boolean {
    if (this.#lose >= 1) {
      this.#lose -= 1;
      return true;
    }
    this.#due += this.#lose;
    if (this.#due < 1) return false;
    this.#due -= 1;
    return true;
  }
}
