/** Tells those who work through the stored events, in this process, that there is something new. */
export class EventWake {
  private readonly sleepers = new Set<() => void>();

  onWake(listener: () => void): void {
    this.sleepers.add(listener);
  }

  wake(): void {
    for (const listener of this.sleepers) listener();
  }
}
