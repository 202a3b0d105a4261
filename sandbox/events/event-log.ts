import type { SandboxClock } from '../clock.js';
import { timedId } from '../ids.js';
import type { EventActor, RecordedEvent, Wire } from '../model.js';

const RETENTION_DAYS = 90;
const DAY = 24 * 3600 * 1000;

/** Every event of the environment, oldest first, as long as WorkOS keeps them. */
export class EventLog {
  #entries: RecordedEvent[] = [];
  #last = { moment: 0, sequence: 0 };
  #listeners: ((event: RecordedEvent) => void)[] = [];

  constructor(private readonly clock: SandboxClock) {}

  get entries(): readonly RecordedEvent[] {
    const oldest = this.clock.now().getTime() - RETENTION_DAYS * DAY;
    if ((this.#entries[0]?.createdAt.getTime() ?? oldest) < oldest) this.dropBefore(new Date(oldest));
    return this.#entries;
  }

  record(event: string, data: Wire, organizationId: string | null, actor: EventActor | null): void {
    const createdAt = this.clock.now();
    // Ids follow the order of recording even where the clock was moved back.
    const moment = Math.max(createdAt.getTime(), this.#last.moment);
    const sequence = moment === this.#last.moment ? this.#last.sequence + 1 : 0;
    this.#last = { moment, sequence };
    const id = timedId('event', moment, sequence);
    const recorded = { id, event, data, organizationId, actor, createdAt };
    this.#entries.push(recorded);
    for (const listener of this.#listeners) listener(recorded);
  }

  onRecord(listener: (event: RecordedEvent) => void): void {
    this.#listeners.push(listener);
  }

  /** Forgets what is older, as WorkOS does beyond its retention: cursors that point there are then refused. */
  dropBefore(moment: Date): void {
    this.#entries = this.#entries.filter(({ createdAt }) => createdAt >= moment);
  }

  clear(): void {
    this.#entries = [];
  }
}
