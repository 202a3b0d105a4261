import { InvalidationBus, type Invalidation, type InvalidationListener } from './invalidation-bus.port.js';

/** For one process alone: whoever is told is in it. */
export class InProcessBus extends InvalidationBus {
  private readonly listeners = new Set<InvalidationListener>();

  start(): void {
    // There is nothing to connect to.
  }

  subscribe(listener: InvalidationListener): void {
    this.listeners.add(listener);
  }

  async publish(message: Invalidation): Promise<void> {
    for (const listener of this.listeners) listener.onInvalidation(message);
  }

  isUp(): boolean {
    return true;
  }

  async close(): Promise<void> {
    this.listeners.clear();
  }
}
