import type { Sandbox } from '../sandbox.js';

/** The parts of the sandbox that a change of records needs. */
export type Records = Pick<Sandbox, 'state' | 'clock'>;

export function newTimes({ clock }: Records): { createdAt: Date; updatedAt: Date } {
  const now = clock.now();
  return { createdAt: now, updatedAt: now };
}

/** Every change makes a record newer than it was, as far as its reader can tell. */
export function touch({ clock }: Records, record: { updatedAt: Date }): void {
  record.updatedAt = clock.after(record.updatedAt);
}
