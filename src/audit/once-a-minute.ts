const MINUTE = 60_000;
/** More in one minute are left out: they come from many addresses, and are one attack. */
const AT_MOST = 1000;

/** Tells what was not there yet in this minute. Its memory is bounded, whatever it is asked. */
export class OnceAMinute {
  private minute = 0;
  private readonly seen = new Set<string>();

  isFirst(key: string, now: number): boolean {
    const minute = Math.floor(now / MINUTE);
    if (minute !== this.minute) {
      this.minute = minute;
      this.seen.clear();
    }
    if (this.seen.has(key) || this.seen.size >= AT_MOST) return false;
    this.seen.add(key);
    return true;
  }
}
