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

  isPast(moment: Date): boolean {
    return moment.getTime() <= this.now().getTime();
  }
}
