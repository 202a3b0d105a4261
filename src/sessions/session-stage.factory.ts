import { expect } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { SystemRandom } from '../common/random.js';
import type { SessionRecord, Subject } from './session-record.js';
import type { SessionStore } from './session-store.port.js';
import { aSession } from './session.factory.js';

/** What an adapter brings: a store without sessions, and the hands of its clock. */
export interface StoreUnderTest {
  readonly store: SessionStore;
  /** The store's time, which begins at the real one. */
  now(): Date;
  advance(milliseconds: number): void;
  close(): Promise<void>;
}

/** A fresh store for each test, its clock, and sessions to put into it. */
export class SessionStage {
  private current: StoreUnderTest | null = null;
  private made = 0;

  constructor(private readonly make: () => Promise<StoreUnderTest>) {}

  readonly open = async (): Promise<SessionStore> => {
    this.current = await this.make();
    return this.current.store;
  };
  readonly close = async (): Promise<void> => this.current?.close();

  readonly now = (): Date => this.under.now();
  readonly advance = (milliseconds: number): void => this.under.advance(milliseconds);
  readonly ahead = (milliseconds: number): Date => new Date(this.now().getTime() + milliseconds);
  readonly ago = (milliseconds: number): Date => this.ahead(-milliseconds);

  readonly hash = (): string => randomBytes(32).toString('base64url');

  /** Younger than those before it, by its id, and of every kind of subject. */
  readonly session = (changes: Partial<SessionRecord> = {}): SessionRecord => {
    const id = new SystemRandom().id('session', this.ahead(this.made++));
    const origin = { directoryId: 'directory_acme', workosSessionId: 'session_acme' };
    return aSession(this.now(), { id, tokenHash: this.hash(), ...origin, ...changes });
  };

  readonly ofUser = (id: string, changes: Partial<SessionRecord> = {}): SessionRecord => {
    const record = this.session(changes);
    return { ...record, user: { ...record.user, id } };
  };

  readonly insert = async (record: SessionRecord): Promise<SessionRecord> => {
    expect(await this.under.store.insert(record, null, record.authenticatedAt)).toBe(true);
    return record;
  };

  /** All sessions of a subject. */
  readonly met = async (subject: Subject): Promise<SessionRecord[]> => {
    const met: SessionRecord[] = [];
    for await (const batch of this.under.store.walk(subject)) met.push(...batch);
    return met;
  };

  private get under(): StoreUnderTest {
    if (!this.current) throw new Error('the stage is not open');
    return this.current;
  }
}

export function ids(records: readonly SessionRecord[]): string[] {
  return records.map(({ id }) => id);
}
