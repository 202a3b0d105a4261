import { LRUCache } from 'lru-cache';
import type { Invalidation, InvalidationListener } from '../bus/invalidation-bus.port.js';
import type { UserPrincipal } from '../identity/principal.js';
import { renewAt } from './session-life.js';
import { isOf, partsOfMember, principalOf, type SessionRecord, type Subject } from './session-record.js';
import { SubjectIndex } from './subject-index.js';

/** What a node keeps of a session between two questions to the store. */
export interface CachedSession {
  readonly record: SessionRecord;
  readonly principal: UserPrincipal;
  /** Milliseconds: when the store said so. */
  readonly fetchedAt: number;
  /** Milliseconds: the last request that this node or the store knows of. */
  seenAt: number;
  /** Milliseconds: the last request that the store knows of or will be told of. */
  writtenAt: number;
  /** Milliseconds: not before then are the tokens thought of again. `Infinity` without tokens. */
  renewAt: number;
  /** The token that it is recognised by, once it came with a request. */
  token: string | null;
}

export function cachedOf(record: SessionRecord, now: number): CachedSession {
  const seenAt = record.lastSeenAt.getTime();
  const principal = principalOf(record);
  return {
    record,
    principal,
    fetchedAt: now,
    seenAt,
    writtenAt: seenAt,
    renewAt: renewAt(record.tokens),
    token: null,
  };
}

export interface CacheLimits {
  readonly entries: number;
  readonly bytes: number;
  /** Milliseconds for which an entry is believed while every invalidation is heard. */
  readonly maxAge: number;
  /** Milliseconds for which it is believed while they may be missed. */
  readonly deafAge: number;
  /** Milliseconds for which "there is no such session" is believed. */
  readonly absentAge: number;
}

export const CACHE_LIMITS: CacheLimits = {
  entries: 100_000,
  bytes: 128 * 1024 * 1024,
  maxAge: 60_000,
  deafAge: 2000,
  absentAge: 2000,
};

type Fetch = (tokenHash: string) => Promise<CachedSession | null>;

/**
 * The node's own memory of sessions, bounded in entries and bytes. A miss asks the store once, however many requests wait for
 * it; an invalidation that comes in between makes it ask again, so that what was read before a revocation is never kept
 * after it.
 *
 * A hit costs one look into a map, by the token itself: between other work, SHA-256 would cost more than all the rest of
 * the check. The hash keeps tokens out of the database, the bus and the logs; this process sees them in every request
 * anyway, beside the keys to everything. Entries leave that map together with the memory they belong to.
 */
export class SessionCache implements InvalidationListener {
  private readonly entries: LRUCache<string, CachedSession>;
  private readonly byToken = new Map<string, CachedSession>();
  private readonly subjects = new SubjectIndex();
  private readonly absent: LRUCache<string, number>;
  private readonly loads = new Map<string, { answer: Promise<CachedSession | null>; stale: boolean }>();

  constructor(
    private readonly limits: CacheLimits,
    private readonly hearsAll: () => boolean,
  ) {
    this.entries = new LRUCache({
      max: limits.entries,
      maxSize: limits.bytes,
      sizeCalculation: ({ record }) => approximateBytes(record),
      onInsert: ({ record }, key) => this.subjects.add(key, indexedOf(record)),
      dispose: (entry, key) => {
        this.subjects.remove(key, indexedOf(entry.record));
        if (entry.token !== null) this.byToken.delete(entry.token);
      },
    });
    this.absent = new LRUCache({ max: 10_000 });
  }

  /** The session of a token that came before, where it is still believed. */
  recognize(token: string, now: number): CachedSession | undefined {
    const entry = this.byToken.get(token);
    return entry !== undefined && this.isBelieved(entry, now) ? entry : undefined;
  }

  /** Lets a session be recognised by its token, as long as it is kept. */
  remember(token: string, entry: CachedSession): void {
    if (entry.token !== null || this.entries.peek(entry.record.tokenHash) !== entry) return;
    entry.token = copyOf(token);
    this.byToken.set(entry.token, entry);
  }

  /** The session, `null` for one that is known not to exist, `undefined` where the store must be asked. */
  peek(tokenHash: string, now: number): CachedSession | null | undefined {
    const entry = this.entries.get(tokenHash);
    if (entry !== undefined) return this.isBelieved(entry, now) ? entry : undefined;
    const absentSince = this.absent.get(tokenHash);
    return absentSince !== undefined && now - absentSince < this.limits.absentAge ? null : undefined;
  }

  /** Asks the store, with everybody else who asks for the same. */
  load(tokenHash: string, now: number, fetch: Fetch): Promise<CachedSession | null> {
    const running = this.loads.get(tokenHash);
    if (running) return running.answer;
    const load = { stale: false, answer: Promise.resolve<CachedSession | null>(null) };
    load.answer = this.fetchUntilFresh(tokenHash, now, fetch, load).finally(() =>
      this.loads.delete(tokenHash),
    );
    this.loads.set(tokenHash, load);
    return load.answer;
  }

  private isBelieved({ fetchedAt }: CachedSession, now: number): boolean {
    const age = now - fetchedAt;
    return age < this.limits.deafAge || (age < this.limits.maxAge && this.hearsAll());
  }

  /** Puts a newer record in the place of an older one; a younger copy that is there already stays. */
  private keep(entry: CachedSession): void {
    const known = this.entries.peek(entry.record.tokenHash);
    if (known && known.record.version > entry.record.version) return;
    if (known) entry.seenAt = Math.max(entry.seenAt, known.seenAt);
    this.entries.set(entry.record.tokenHash, entry);
  }

  forget(tokenHash: string): void {
    this.entries.delete(tokenHash);
    const load = this.loads.get(tokenHash);
    if (load) load.stale = true;
  }

  onInvalidation(message: Invalidation): void {
    if (message.kind === 'session') {
      this.forget(message.tokenHash);
      return;
    }
    for (const load of this.loads.values()) load.stale = true;
    for (const tokenHash of this.concerned(message)) {
      const record = this.entries.peek(tokenHash)?.record;
      if (record && isOf(record, message) && record.id !== message.exceptSessionId)
        this.entries.delete(tokenHash);
    }
  }

  private concerned(subject: Subject): Iterable<string> {
    switch (subject.kind) {
      case 'user':
      case 'workos_session':
        return this.subjects.keysOf(subject);
      case 'member':
        return this.subjects.keysOf({ kind: 'user', id: partsOfMember(subject.id).userId });
      default:
        return this.entries.keys();
    }
  }

  onGap(): void {
    for (const load of this.loads.values()) load.stale = true;
    this.subjects.clear();
    this.entries.clear();
  }

  get size(): number {
    return this.entries.size;
  }

  private async fetchUntilFresh(
    tokenHash: string,
    now: number,
    fetch: Fetch,
    load: { stale: boolean },
  ): Promise<CachedSession | null> {
    let entry: CachedSession | null;
    let rounds = 0;
    do {
      load.stale = false;
      entry = await fetch(tokenHash);
      rounds += 1;
    } while (load.stale && rounds < 3);
    // Told over and over that it changes: the answer is right for now, and not kept.
    if (load.stale) return entry;
    if (entry) this.keep(entry);
    else this.absent.set(tokenHash, now);
    return entry;
  }
}

/** V8 makes a part of a text by pointing into it: kept as it came, a token would keep the whole header of its request. */
function copyOf(token: string): string {
  return Buffer.from(token, 'latin1').toString('latin1');
}

/**
 * What the messages that come in crowds speak of. To index the organization and the connection too would make every session
 * heavier, and save a walk now and then that ends many of them anyway.
 */
function indexedOf({ user, workosSessionId }: SessionRecord): Subject[] {
  return [
    { kind: 'user', id: user.id },
    ...(workosSessionId === null ? [] : [{ kind: 'workos_session', id: workosSessionId } as const]),
  ];
}

/** What V8 keeps for a record, near enough to bound the whole: text at a byte a character, objects at their fields. */
function approximateBytes({
  user,
  organization,
  roles,
  permissions,
  userAgent,
  tokens,
}: SessionRecord): number {
  const text = [
    user.email,
    user.firstName,
    user.lastName,
    user.profilePictureUrl,
    organization?.name,
    userAgent,
    tokens?.refreshToken,
  ];
  const lists = [...roles, ...permissions];
  return (
    1280 +
    text.reduce((sum, part) => sum + (part?.length ?? 0), 0) +
    lists.reduce((sum, part) => sum + part.length + 24, 0)
  );
}
