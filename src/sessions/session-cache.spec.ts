import { describe, expect, it } from '@jest/globals';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { CACHE_LIMITS, cachedOf, SessionCache, type CachedSession } from './session-cache.js';
import { aSession } from './session.factory.js';
import type { SessionRecord } from './session-record.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const KEY = 'a'.repeat(43);

function cacheThat(hears: () => boolean = () => true, limits = CACHE_LIMITS): SessionCache {
  return new SessionCache(limits, hears);
}

function entry(changes: Partial<SessionRecord> = {}, fetchedAt = NOW): CachedSession {
  return cachedOf(aSession(new Date(NOW), changes), fetchedAt);
}

/** A store whose answer comes when the test says so. */
function slowStore() {
  const asked: ((answer: CachedSession | null) => void)[] = [];
  return {
    asked,
    fetch: () => new Promise<CachedSession | null>((resolve) => void asked.push(resolve)),
  };
}

async function filled(cache: SessionCache, ...entries: CachedSession[]): Promise<void> {
  for (const one of entries) await cache.load(one.record.tokenHash, NOW, async () => one);
}

/** Bytes, of what is reachable. */
function heapInUse(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

describe('the memory of sessions', () => {
  it('knows nothing of a token that was never asked for', () => {
    expect(cacheThat().peek(KEY, NOW)).toBeUndefined();
  });

  it('asks the store once for many who ask at the same time', async () => {
    const cache = cacheThat();
    const store = slowStore();
    const answers = Array.from({ length: 50 }, () => cache.load(KEY, NOW, store.fetch));
    expect(store.asked).toHaveLength(1);
    store.asked[0]?.(entry());
    expect(new Set((await Promise.all(answers)).map((one) => one?.record.id)).size).toBe(1);
    expect(cache.peek(KEY, NOW)?.principal.user.email).toBe('ada@acme.com');
  });

  it('remembers for a moment that there is no such session', async () => {
    const cache = cacheThat();
    await cache.load(KEY, NOW, async () => null);
    expect(cache.peek(KEY, NOW + CACHE_LIMITS.absentAge - 1)).toBeNull();
    expect(cache.peek(KEY, NOW + CACHE_LIMITS.absentAge)).toBeUndefined();
  });

  it('remembers nothing of a store that could not be asked', async () => {
    const cache = cacheThat();
    await expect(cache.load(KEY, NOW, () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect(cache.peek(KEY, NOW)).toBeUndefined();
    await filled(cache, entry());
    expect(cache.peek(KEY, NOW)?.record.id).toBe(entry().record.id);
  });

  it.each([
    [true, CACHE_LIMITS.maxAge],
    [false, CACHE_LIMITS.deafAge],
  ])('where it hears of revocations (%s), believes an entry for %d ms', async (hears, age) => {
    const cache = cacheThat(() => hears);
    await filled(cache, entry());
    expect(cache.peek(KEY, NOW + age - 1)).toMatchObject({ fetchedAt: NOW });
    expect(cache.peek(KEY, NOW + age)).toBeUndefined();
  });

  it('forgets a session that ended', async () => {
    const cache = cacheThat();
    await filled(cache, entry());
    cache.onInvalidation({ kind: 'session', tokenHash: KEY });
    expect(cache.peek(KEY, NOW)).toBeUndefined();
  });

  it.each([
    ['user', 'user_ada'],
    ['organization', 'org_acme'],
    ['connection', 'conn_acme'],
    ['directory', 'directory_acme'],
    ['member', 'org_acme:user_ada'],
    ['workos_session', 'session_at_workos'],
  ] as const)('forgets the sessions of a %s, except the one that stays, and no others', async (kind, id) => {
    const cache = cacheThat();
    const other = {
      id: 'user_other',
      email: 'o@x.org',
      firstName: null,
      lastName: null,
      profilePictureUrl: null,
    };
    const shared = { directoryId: 'directory_acme', workosSessionId: 'session_at_workos' };
    await filled(
      cache,
      entry(shared),
      entry({ ...shared, tokenHash: 'b'.repeat(43), id: 'session_stays' }),
      entry({ tokenHash: 'c'.repeat(43), user: other, organization: null, connectionId: null }),
    );
    cache.onInvalidation({ kind, id, exceptSessionId: 'session_stays' });
    expect([KEY, 'b'.repeat(43), 'c'.repeat(43)].map((key) => cache.peek(key, NOW) !== undefined)).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('forgets no session that its person has in another organization', async () => {
    const cache = cacheThat();
    await filled(cache, entry());
    cache.onInvalidation({ kind: 'member', id: 'org_globex:user_ada' });
    expect(cache.peek(KEY, NOW)).toMatchObject({ fetchedAt: NOW });
  });

  it('is told of a person in the same time, however many sessions it has', async () => {
    const cache = cacheThat();
    const { user } = entry().record;
    for (let each = 0; each < 20_000; each++)
      await filled(
        cache,
        entry({
          tokenHash: `hash_${each}`,
          user: { ...user, id: `user_${each}` },
          workosSessionId: `s_${each}`,
        }),
      );
    const start = performance.now();
    for (let each = 0; each < 500; each++) {
      cache.onInvalidation({ kind: 'member', id: `org_acme:user_${each}` });
      cache.onInvalidation({ kind: 'workos_session', id: `s_${each + 500}` });
    }
    expect((performance.now() - start) / 1000).toBeLessThan(0.1);
    expect(cache.size).toBe(19_000);
  });

  it.each([
    ['the session itself', { kind: 'session', tokenHash: KEY }],
    ['all of its user', { kind: 'user', id: 'user_ada' }],
  ] as const)('does not keep what the store said before a revocation of %s', async (_name, message) => {
    const cache = cacheThat();
    const store = slowStore();
    const answer = cache.load(KEY, NOW, store.fetch);
    cache.onInvalidation(message);
    store.asked[0]?.(entry());
    await Promise.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    expect(store.asked).toHaveLength(2);
    store.asked[1]?.(null);
    expect(await answer).toBeNull();
    expect(cache.peek(KEY, NOW)).toBeNull();
  });

  it('forgets all after a gap, what is being asked included', async () => {
    const cache = cacheThat();
    await filled(cache, entry());
    const store = slowStore();
    const answer = cache.load('b'.repeat(43), NOW, store.fetch);
    cache.onGap();
    store.asked[0]?.(entry({ tokenHash: 'b'.repeat(43) }));
    await new Promise((resolve) => setImmediate(resolve));
    store.asked[1]?.(null);
    expect(await answer).toBeNull();
    expect(cache.peek(KEY, NOW)).toBeUndefined();
  });

  it('stays within its bounds, in entries and in bytes', async () => {
    const byEntries = cacheThat(undefined, { ...CACHE_LIMITS, entries: 10 });
    const byBytes = cacheThat(undefined, { ...CACHE_LIMITS, bytes: 20_000 });
    const many = Array.from({ length: 100 }, (_, index) =>
      entry({ tokenHash: String(index).padStart(43, '0') }),
    );
    await filled(byEntries, ...many);
    await filled(byBytes, ...many);
    expect(byEntries.size).toBe(10);
    expect(byBytes.size).toBeGreaterThan(5);
    expect(byBytes.size).toBeLessThan(20);
  });

  describe('by the token itself', () => {
    const TOKEN = 't'.repeat(43);
    const known = async (hears: () => boolean = () => true, limits = CACHE_LIMITS) => {
      const cache = cacheThat(hears, limits);
      const one = entry();
      await filled(cache, one);
      cache.remember(TOKEN, one);
      return cache;
    };

    it('recognises a session once its token came, and no other', async () => {
      const cache = await known();
      expect(cache.recognize(TOKEN, NOW)?.record.id).toBe(entry().record.id);
      expect(cache.recognize(KEY, NOW)).toBeUndefined();
      expect(cache.recognize('', NOW)).toBeUndefined();
    });

    it('believes it no longer than by its hash', async () => {
      let hears = true;
      const cache = await known(() => hears);
      expect(cache.recognize(TOKEN, NOW + CACHE_LIMITS.maxAge)).toBeUndefined();
      hears = false;
      expect(cache.recognize(TOKEN, NOW + CACHE_LIMITS.deafAge)).toBeUndefined();
      expect(cache.recognize(TOKEN, NOW + CACHE_LIMITS.deafAge - 1)?.token).toBe(TOKEN);
    });

    it.each<[string, (cache: SessionCache) => unknown]>([
      ['its session is forgotten', (cache) => cache.forget(KEY)],
      ['its person is', (cache) => cache.onInvalidation({ kind: 'user', id: 'user_ada' })],
      ['messages may have been missed', (cache) => cache.onGap()],
      ['a newer record comes', (cache) => filled(cache, entry({ version: 2, roles: [] }))],
    ])('forgets it when %s', async (_what, happens) => {
      const cache = await known();
      await happens(cache);
      expect(cache.recognize(TOKEN, NOW)).toBeUndefined();
    });

    it('forgets it when another session takes its place in memory', async () => {
      const cache = await known(undefined, { ...CACHE_LIMITS, entries: 1 });
      await filled(cache, entry({ tokenHash: 'b'.repeat(43) }));
      expect(cache.recognize(TOKEN, NOW)).toBeUndefined();
    });

    it('keeps nothing else of the request that it came with', async () => {
      const cache = cacheThat();
      const many = Array.from({ length: 1000 }, (_, index) =>
        entry({ tokenHash: String(index).padStart(43, '0') }),
      );
      await filled(cache, ...many);
      const before = heapInUse();
      for (const one of many) {
        const header = Buffer.from(`session=${one.record.tokenHash}; ${'x'.repeat(16_000)}`).toString();
        cache.remember(header.slice(8, 51), one);
      }
      expect(heapInUse() - before).toBeLessThan(8_000_000);
    });

    it('does not remember what memory does not keep', () => {
      const cache = cacheThat();
      cache.remember(TOKEN, entry());
      expect(cache.recognize(TOKEN, NOW)).toBeUndefined();
    });
  });
});
