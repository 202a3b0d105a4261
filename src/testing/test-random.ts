import { Random } from '../common/random.js';

/** Counts, so that a test can foretell an id. Fit for nothing else. */
export class TestRandom extends Random {
  private count = 0;

  bytes(length: number): Buffer {
    this.count += 1;
    const bytes = Buffer.alloc(length);
    let rest = this.count;
    for (let index = length - 1; index >= 0 && rest > 0; index--) {
      bytes[index] = rest % 32;
      rest = Math.floor(rest / 32);
    }
    return bytes;
  }
}
