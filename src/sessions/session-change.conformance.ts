import { beforeEach, describe, expect, it } from '@jest/globals';
import { ids, type SessionStage } from './session-stage.factory.js';
import type { SessionStore } from './session-store.port.js';

/** The half of the suite that is about claims and changes. Every store runs it as part of `sessionStoreConformance`. */
export function sessionChangeConformance(stage: SessionStage, use: () => SessionStore): void {
  const { session, insert, ago, ahead, now, advance, hash } = stage;
  let store: SessionStore;
  beforeEach(() => {
    store = use();
  });

  describe('a claim', () => {
    it('is for one of many callers', async () => {
      const record = await insert(session());
      const claims = await Promise.all(
        Array.from({ length: 20 }, () => store.claim(record.id, 1, ahead(1000))),
      );
      expect(claims.filter(Boolean)).toHaveLength(1);
    });

    it('is refused for another version and for a session that is gone', async () => {
      const record = await insert(session());
      expect(await store.claim(record.id, 2, ahead(1000))).toBe(false);
      expect(await store.claim(session().id, 1, ahead(1000))).toBe(false);
      expect(await store.claim(record.id, 1, ahead(1000))).toBe(true);
    });

    it('runs out by the clock of the store', async () => {
      const record = await insert(session());
      await store.claim(record.id, 1, ahead(1000));
      advance(999);
      expect(await store.claim(record.id, 1, ahead(1000))).toBe(false);
      advance(1);
      expect(await store.claim(record.id, 1, ahead(1000))).toBe(true);
    });

    it('is released for the next one, by who knows the version alone', async () => {
      const record = await insert(session());
      await store.claim(record.id, 1, ahead(1000));
      await store.release(record.id, 2);
      expect(await store.claim(record.id, 1, ahead(1000))).toBe(false);
      await store.release(record.id, 1);
      expect(await store.claim(record.id, 1, ahead(1000))).toBe(true);
      await store.release(session().id, 1);
    });

    it('ends with the change that it was taken for', async () => {
      const record = await insert(session());
      await store.claim(record.id, 1, ahead(1000));
      await store.update(record.id, 1, { roles: ['member'] });
      expect(await store.claim(record.id, 2, ahead(1000))).toBe(true);
    });
  });

  describe('a change', () => {
    it('sets what it names, leaves the rest, and counts the version up', async () => {
      const record = await insert(session());
      const tokens = {
        obtainedAt: ago(1).getTime(),
        accessTokenExpiresAt: ahead(300_000).getTime(),
        refreshToken: 'sealed',
      };
      const changed = await store.update(record.id, 1, {
        roles: [],
        tokens,
        workosSessionId: 'session_02',
      });
      expect(changed).toEqual({ ...record, roles: [], tokens, workosSessionId: 'session_02', version: 2 });
      expect(await store.findByTokenHash(record.tokenHash)).toEqual(changed);
      const without = await store.update(record.id, 2, { tokens: null, organization: null });
      expect(without).toEqual({ ...changed, tokens: null, organization: null, version: 3 });
      expect(await store.find(record.id)).toEqual(without);
    });

    it('by a holder who was too slow changes nothing', async () => {
      const record = await insert(session());
      await store.claim(record.id, 1, ahead(1000));
      advance(1000);
      await store.claim(record.id, 1, ahead(1000));
      const changed = await store.update(record.id, 1, { roles: ['second'] });
      expect(await store.update(record.id, 1, { roles: ['slow'], tokenHash: hash() })).toBeNull();
      expect(await store.findByTokenHash(record.tokenHash)).toEqual(changed);
    });

    it('has one winner among many, whether the token changes or not', async () => {
      const record = await insert(session());
      const tries = Array.from({ length: 20 }, (_, index) =>
        store.update(record.id, 1, { roles: [`r${index}`], ...(index % 2 ? { tokenHash: hash() } : {}) }),
      );
      const won = (await Promise.all(tries)).filter((changed) => changed !== null);
      expect(won).toHaveLength(1);
      expect(await store.find(record.id)).toEqual(won[0]);
      expect(await store.findByTokenHash(won[0]?.tokenHash ?? '')).toEqual(won[0]);
    });

    it('of what is gone is null, and brings nothing back', async () => {
      const record = await insert(session());
      await store.delete(record.id);
      const next = hash();
      expect(await store.update(record.id, 1, { roles: [] })).toBeNull();
      expect(await store.update(record.id, 1, { tokenHash: next })).toBeNull();
      expect(await store.findByTokenHash(record.tokenHash)).toBeNull();
      expect(await store.findByTokenHash(next)).toBeNull();
    });

    it('of the token makes the old one worthless at once, time after time', async () => {
      const record = await insert(session());
      let last = record;
      for (let version = 1; version <= 3; version++) {
        const next = hash();
        const changed = await store.update(record.id, version, { tokenHash: next });
        expect(changed).toEqual({ ...record, tokenHash: next, version: version + 1 });
        expect(await store.findByTokenHash(last.tokenHash)).toBeNull();
        expect(await store.findByTokenHash(next)).toEqual(changed);
        expect(await store.find(record.id)).toEqual(changed);
        expect(ids(await store.listOfUser('user_ada', 10))).toEqual([record.id]);
        last = { ...record, tokenHash: next };
      }
      await store.touch(new Map([[record.id, ahead(100)]]));
      expect((await store.findByTokenHash(last.tokenHash))?.lastSeenAt).toEqual(ahead(100));
      expect(await store.claim(record.id, 4, ahead(100))).toBe(true);
      expect(await store.delete(record.id)).toMatchObject({ tokenHash: last.tokenHash, version: 4 });
      expect(await store.findByTokenHash(last.tokenHash)).toBeNull();
    });

    it('of the organization moves the session over to it', async () => {
      const record = await insert(session());
      const globex = { id: 'org_globex', name: 'Globex' };
      await store.update(record.id, 1, { organization: globex, tokenHash: hash() });
      expect(await store.revoke({ kind: 'organization', id: 'org_acme' }, now())).toBe(0);
      expect(await store.find(record.id)).toMatchObject({ organization: globex });
      expect(await store.revoke({ kind: 'organization', id: 'org_globex' }, now())).toBe(1);
      expect(await store.find(record.id)).toBeNull();
    });
  });
}
