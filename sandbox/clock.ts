/** The real time plus what the control API has moved it by. */
export class SandboxClock {
  private offset = 0;

  readonly now = (): Date => new Date(Date.now() + this.offset);

  get offsetSeconds(): number {
    return this.offset / 1000;
  }

  advance(seconds: number): void {
    this.offset += seconds * 1000;
  }

  reset(): void {
    this.offset = 0;
  }

  in(seconds: number): Date {
    return new Date(this.now().getTime() + seconds * 1000);
  }

  /** Now, but later than `moment`, so that of two states of a record the newer one always shows. */
  after(moment: Date): Date {
    return new Date(Math.max(this.now().getTime(), moment.getTime() + 1));
  }

  isPast(moment: Date): boolean {
    return moment.getTime() <= this.now().getTime();
  }
}
