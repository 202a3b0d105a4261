import type { Clock } from '../../common/clock.js';
import type { Redis } from '../../redis/redis.js';
import { isOf, subjectsOf, type SessionRecord, type Subject } from '../session-record.js';
import { SessionStore, type SessionChange } from '../session-store.port.js';
import { CLAIM, DISCARD, FOLLOW, RELEASE, REPLACE, SETTLE, TAKE, TOUCH, UNFOLLOW } from './redis.scripts.js';
import { RedisSessionIndex } from './redis.session-index.js';
import { RedisSessionPlaces } from './redis.session-places.js';
import { decode, digits, encode, goneAt, pointerKey, recordKey } from './redis.session-value.js';

/** Sessions a step: their commands go to the server together. */
const BATCH = 500;
/** Milliseconds in which a session must have reached its new hash. */
const MOVE_TIMEOUT = 30_000;
const NEVER = new Date(8_640_000_000_000_000);

/**
 * Sessions in Redis. A record stands under the hash of its token, so that a request needs one round trip; a pointer leads
 * from the id to the hash, a list from each subject to its ids. These are in different slots of a cluster, so no step
 * covers them all, and the order of the steps must do what a transaction does elsewhere.
 *
 * `insert` writes the pointer, then the lists, then the record, and only then looks whether a subject was revoked;
 * `revoke` marks first, then deletes what the list names. Either the mark is there when `insert` looks, and it takes its
 * record away again, or it came later, and then `revoke` reads the list after the record and everything that leads to it
 * was written. Nobody but `delete`, for a session that is gone for good, takes an id off a list, so a list may name too
 * many and never too few.
 *
 * A session whose token changes moves to another hash: the pointer names both places, the record is put down at the new
 * one, where it lets nobody in, then it is taken from the old one if its version is still the same, and let in at the new
 * one if it is still there; an `update` that broke off in between goes on where it is repeated. Whoever deletes by id looks at all places, and again if the pointer changed meanwhile, so it
 * gets the record wherever it is. A node that dies between the last two steps costs the session, as one does that dies
 * before it could tell the browser its new token.
 *
 * Time is that of the nodes. Redis drops records by itself, a minute later than that.
 */
export class RedisSessionStore extends SessionStore {
  private readonly index: RedisSessionIndex;
  private readonly places: RedisSessionPlaces;

  constructor(
    private readonly redis: Redis,
    private readonly clock: Clock,
  ) {
    super();
    this.index = new RedisSessionIndex(redis);
    this.places = new RedisSessionPlaces(redis, this.index, clock);
  }

  async insert(record: SessionRecord, replacedId: string | null, startedAt: Date): Promise<boolean> {
    const { id, tokenHash } = record;
    const expiration = { type: 'PXAT', value: goneAt(record) } as const;
    await this.redis.run((client) => client.set(pointerKey(id), tokenHash, { expiration }));
    const listed = await this.index.enlist(record, startedAt, this.clock.now());
    if (listed) {
      await this.redis.run((client) =>
        client.set(recordKey(tokenHash), encode(record, 'live'), { expiration }),
      );
    }
    if (!listed || (await this.index.isRevoked(subjectsOf(record), startedAt))) {
      await this.redis.run((client) =>
        Promise.all([client.del(recordKey(tokenHash)), client.del(pointerKey(id))]),
      );
      await this.index.drop([record]);
      return false;
    }
    // Last: until the new session stands, the old one is the only one that the browser has.
    if (replacedId !== null) await this.places.remove([replacedId]);
    return true;
  }

  async findByTokenHash(tokenHash: string): Promise<SessionRecord | null> {
    const value = await this.redis.run((client) => client.get(recordKey(tokenHash)));
    const found = value === null ? null : decode(value, tokenHash);
    return found && !found.pending && found.record.expiresAt > this.clock.now() ? found.record : null;
  }

  async find(id: string): Promise<SessionRecord | null> {
    return (await this.places.locate([id])).get(id)?.record ?? null;
  }

  async listOfUser(userId: string, limit: number, cursor?: string): Promise<SessionRecord[]> {
    const user: Subject = { kind: 'user', id: userId };
    const listed = await this.index.list(user, this.clock.now());
    const ids = listed
      .filter((id) => cursor === undefined || id < cursor)
      .toSorted()
      .toReversed();
    const page: SessionRecord[] = [];
    for (let from = 0; page.length < limit && from < ids.length; from += limit) {
      const found = await this.places.locate(ids.slice(from, from + limit));
      page.push(...ids.slice(from, from + limit).flatMap((id) => found.get(id)?.record ?? []));
    }
    return page.filter((record) => isOf(record, user)).slice(0, limit);
  }

  async *walk(subject: Subject): AsyncIterable<readonly SessionRecord[]> {
    const listed = await this.index.list(subject, this.clock.now());
    for (let from = 0; from < listed.length; from += BATCH) {
      const found = await this.places.locate(listed.slice(from, from + BATCH));
      const own = [...found.values()].map(({ record }) => record).filter((record) => isOf(record, subject));
      if (own.length > 0) yield own;
    }
  }

  async touch(seen: ReadonlyMap<string, Date>): Promise<void> {
    const ids = [...seen.keys()];
    for (let from = 0; from < ids.length; from += BATCH) {
      await this.places.visit(ids.slice(from, from + BATCH), (client, hash, id) =>
        TOUCH.run(client, [recordKey(hash)], [digits(seen.get(id) ?? 0)]),
      );
    }
  }

  async delete(id: string): Promise<SessionRecord | null> {
    return (await this.places.remove([id])).get(id)?.record ?? null;
  }

  isRevoked(subjects: readonly Subject[], since: Date, sessionId?: string): Promise<boolean> {
    return this.index.isRevoked(subjects, since, sessionId);
  }

  async revoke(subject: Subject, at: Date, exceptId?: string): Promise<number> {
    await this.index.mark(subject, at, exceptId);
    const passed = new Set(exceptId === undefined ? [] : [exceptId]);
    let count = 0;
    for (;;) {
      const listed = await this.index.list(subject, this.clock.now(), BATCH + passed.size);
      const ids = listed.filter((id) => !passed.has(id));
      if (ids.length === 0) return count;
      const found = await this.places.locate(ids);
      const own = [...found.values()].filter(({ record }) => isOf(record, subject));
      const removed = await this.places.remove(own.map(({ record }) => record.id));
      count += removed.size;
      for (const id of ids) if (!removed.has(id)) passed.add(id);
    }
  }

  async claim(id: string, version: number, until: Date): Promise<boolean> {
    const values = [version, this.clock.now().getTime(), digits(until)];
    const answers = await this.places.visit([id], (client, hash) =>
      CLAIM.run(client, [recordKey(hash)], values),
    );
    return answers.get(id) === 1;
  }

  async update(id: string, version: number, change: SessionChange): Promise<SessionRecord | null> {
    const known = (await this.places.locate([id])).get(id);
    if (!known) return null;
    const next: SessionRecord = { ...known.record, ...change, version: version + 1 };
    const now = this.clock.now();
    if (known.pending && known.hash === change.tokenHash && known.record.version === next.version)
      return seenAt(next, await this.settle(next, known.record.lastSeenAt));
    if (known.record.version !== version) return null;
    // Before the record says so: a list may name too many. Whatever was revoked up to now refuses nothing.
    const isNewTo = subjectsOf(next).some((subject) => !isOf(known.record, subject));
    if (isNewTo || next.expiresAt > known.record.expiresAt) await this.index.enlist(next, NEVER, now);
    return next.tokenHash === known.hash
      ? seenAt(next, await this.replace(next, version, now))
      : seenAt(next, await this.move(next, known.hash, version, now));
  }

  async release(id: string, version: number): Promise<void> {
    await this.places.visit([id], (client, hash) =>
      RELEASE.run(client, [recordKey(hash)], [version, digits(0)]),
    );
  }

  /** Redis has removed them itself. */
  async removeExpired(): Promise<number> {
    return 0;
  }

  private async replace(next: SessionRecord, version: number, now: Date): Promise<unknown> {
    const { id, tokenHash } = next;
    const gone = goneAt(next);
    await this.redis.run((client) => client.pExpireAt(pointerKey(id), gone, 'GT'));
    const values = [version, now.getTime(), encode(next, 'live'), gone];
    return this.redis.run((client) => REPLACE.run(client, [recordKey(tokenHash)], values));
  }

  private async move(next: SessionRecord, from: string, version: number, now: Date): Promise<unknown> {
    const { id, tokenHash } = next;
    const [pointer, source, target] = [pointerKey(id), recordKey(from), recordKey(tokenHash)];
    const gone = goneAt(next);
    if ((await this.redis.run((client) => FOLLOW.run(client, [pointer], [tokenHash, gone]))) !== 1)
      return null;
    const expiration = { type: 'PX', value: MOVE_TIMEOUT } as const;
    await this.redis.run((client) =>
      client.set(target, encode(next, 'pending'), { expiration, condition: 'NX' }),
    );
    const taken = await this.redis.run((client) => TAKE.run(client, [source], [version, now.getTime()]));
    if (typeof taken !== 'string') {
      const discarded = await this.redis.run((client) => DISCARD.run(client, [target]));
      if (discarded === 1) await this.redis.run((client) => UNFOLLOW.run(client, [pointer], [tokenHash]));
      return null;
    }
    const settled = await this.settle(next, new Date(Number(taken)));
    await this.redis.run((client) => UNFOLLOW.run(client, [pointer], [from]));
    return settled;
  }

  private settle(next: SessionRecord, lastSeenAt: Date): Promise<unknown> {
    const values = [digits(lastSeenAt), goneAt(next)];
    return this.redis.run((client) => SETTLE.run(client, [recordKey(next.tokenHash)], values));
  }
}

function seenAt(record: SessionRecord, seen: unknown): SessionRecord | null {
  return typeof seen === 'string' ? { ...record, lastSeenAt: new Date(Number(seen)) } : null;
}
