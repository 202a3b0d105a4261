import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { KeyRing } from '../src/crypto/key-ring.js';
import { IdentityProvider, type ExternalTokens } from '../src/identity/identity-provider.port.js';
import { RefreshTokens } from '../src/sessions/refresh-tokens.js';
import { cachedOf, type SessionCache } from '../src/sessions/session-cache.js';
import { SessionGrants } from '../src/sessions/session-grants.service.js';
import { renewAt, tokenState } from '../src/sessions/session-life.js';
import { memberOf, type SessionRecord } from '../src/sessions/session-record.js';
import { SessionClaims } from '../src/sessions/session-claims.js';
import { SessionRenewer } from '../src/sessions/session-renewer.service.js';
import { SessionRevoker } from '../src/sessions/session-revoker.service.js';
import type { SessionChange, SessionStore } from '../src/sessions/session-store.port.js';
import { aSession } from '../src/sessions/session.factory.js';
import { clock, describeWithStores, random, type Ground } from './support/session-stores.js';
import { until } from './support/until.js';

const ACME = { kind: 'organization', id: 'org_acme' } as const;
const ADA = memberOf('org_acme', 'user_ada');
const refreshTokens = new RefreshTokens(new KeyRing([randomBytes(32)]));

describeWithStores('what changes while sessions live', (newGround) => {
  let ground: Ground;
  let store: SessionStore;
  let grants: SessionGrants;
  let cache: SessionCache;
  let revoker: SessionRevoker;
  beforeEach(() => {
    ground = newGround();
    ({ store } = ground);
    ({ revoker, cache } = ground.revoker(SessionRevoker));
    grants = new SessionGrants(store, revoker, clock);
  });

  async function session(changes: Partial<SessionRecord> = {}): Promise<SessionRecord> {
    const now = clock.now();
    const tokenHash = randomBytes(32).toString('base64url');
    const record = aSession(now, { id: random.id('session', now), tokenHash, ...changes });
    expect(await store.insert(record, null, now)).toBe(true);
    return record;
  }

  /** An AuthKit session, whose access token came a moment ago. */
  async function withTokens(refreshToken = 'first'): Promise<SessionRecord> {
    const now = clock.now();
    const record = await session();
    const tokens = await refreshTokens.seal(record.id, external(refreshToken), now);
    const changed = await store.update(record.id, 1, { tokens });
    if (!changed) throw new Error('it is there');
    return changed;
  }

  function external(refreshToken: string): ExternalTokens {
    const accessTokenExpiresAt = new Date(Date.now() + 300_000);
    return { sessionId: 'session_workos', accessTokenExpiresAt, refreshToken };
  }

  const inMemory = async (record: SessionRecord) => {
    const now = Date.now();
    await cache.load(record.tokenHash, now, async () => cachedOf(record, now));
    return () => cache.peek(record.tokenHash, now) !== undefined;
  };

  describe('claims', () => {
    it('are rewritten in the sessions of the subject that differ, and forgotten by the node', async () => {
      const [ada, same, bob] = [
        await session(),
        await session({ roles: ['member'] }),
        await session({ organization: { id: 'org_globex', name: 'Globex' } }),
      ];
      const known = [await inMemory(ada), await inMemory(bob)];
      const user = { ...ada.user, lastName: 'King' };
      expect(await grants.update(ADA, () => ({ roles: ['member'], permissions: [] }))).toBe(2);
      expect(await grants.update(ADA, ({ id }) => (id === same.id ? { user } : null))).toBe(1);
      expect(await store.find(ada.id)).toEqual({ ...ada, roles: ['member'], permissions: [], version: 2 });
      expect(await store.find(same.id)).toMatchObject({ user, version: 3 });
      expect(await store.find(bob.id)).toEqual(bob);
      expect(known.map((isKnown) => isKnown())).toEqual([false, true]);
      expect(await grants.update(ADA, ({ roles }) => ({ roles, permissions: [] }))).toBe(0);
      expect(await store.find(ada.id)).toMatchObject({ version: 2 });
    });

    it('never make a session another person', async () => {
      const ada = await session();
      const user = { ...ada.user, id: 'user_eve', lastName: 'King' };
      await grants.update(ADA, () => ({ user }));
      expect(await store.find(ada.id)).toMatchObject({ user: { id: 'user_ada', lastName: 'King' } });
    });

    it('of AuthKit are renewed before the next request is answered, once for each change', async () => {
      const ada = await withTokens();
      expect(renewAt(ada.tokens)).toBeGreaterThan(Date.now());
      expect(await grants.update(ACME, () => ({ roles: ['member'] }))).toBe(1);
      const changed = await store.find(ada.id);
      expect(changed).toMatchObject({
        roles: ['member'],
        tokens: { refreshToken: ada.tokens?.refreshToken },
      });
      expect(tokenState(changed?.tokens ?? null, Date.now())).toBe('expired');
      expect(renewAt(changed?.tokens ?? null)).toBeLessThanOrEqual(Date.now());
      expect(await grants.update(ACME, () => ({ roles: ['member'] }))).toBe(0);
    });

    it('wait for a renewal that is under way, and lose nothing that WorkOS gave', async () => {
      const ada = await withTokens('first');
      const [asked, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const provider: Partial<IdentityProvider> = {
        renew: async () => {
          asked.resolve();
          await answer.promise;
          const { user } = ada;
          const account = { kind: 'user', userId: user.id } as const;
          const method = {
            organizationId: 'org_acme',
            connectionId: null,
            connectionType: null,
            method: 'sso',
            authenticatedAt: null,
          };
          const claims = { roles: ['admin'], permissions: ['invoices:read'], impersonator: null };
          return {
            kind: 'renewed',
            identity: { ...user, account, ...method, ...claims, tokens: external('second') },
          };
        },
      };
      const renewer = new SessionRenewer(
        store,
        cache,
        revoker,
        provider as IdentityProvider,
        refreshTokens,
        new SessionClaims(),
        clock,
      );
      const renewal = renewer.renew(ada);
      await asked.promise;
      const refused = jest.spyOn(store, 'claim');
      const update = grants.update(ACME, () => ({ roles: ['member'] }));
      // Twice: it goes on waiting.
      await until('it was refused its turn', () => refused.mock.calls.length > 1);
      answer.resolve();
      expect(await renewal).toMatchObject({ roles: ['admin'] });
      expect(await update).toBe(1);
      const now = await store.find(ada.id);
      expect(now).toMatchObject({ roles: ['member'], version: ada.version + 2 });
      expect(now?.tokens && (await refreshTokens.unseal(ada.id, now.tokens))).toBe('second');
    });

    it('are decided anew where a session changes in between', async () => {
      const ada = await session();
      let meanwhile: SessionChange | null = { permissions: ['invoices:write'] };
      const racing = new Proxy(store, {
        get: (target, name: keyof SessionStore) => {
          if (name !== 'update') return target[name].bind(target);
          return async (id: string, version: number, change: SessionChange) => {
            if (meanwhile) await target.update(id, version, meanwhile);
            meanwhile = null;
            return target.update(id, version, change);
          };
        },
      });
      const seen: (readonly string[])[] = [];
      const change = ({ permissions }: SessionRecord) => {
        seen.push(permissions);
        return { roles: ['member'] };
      };
      expect(await new SessionGrants(racing, revoker, clock).update(ADA, change)).toBe(1);
      expect(seen).toEqual([['invoices:read'], ['invoices:write']]);
      expect(await store.find(ada.id)).toMatchObject({
        roles: ['member'],
        permissions: ['invoices:write'],
        version: 3,
      });
    });

    it('reach every session of a company that has more than fit into one step', async () => {
      const many = Array.from({ length: 620 }, (_, index) => index);
      for (let from = 0; from < many.length; from += 62)
        await Promise.all(many.slice(from, from + 62).map(async () => session()));
      expect(await grants.update(ACME, () => ({ roles: [] }))).toBe(620);
      for await (const batch of store.walk(ACME))
        expect(new Set(batch.map(({ version }) => version))).toEqual(new Set([2]));
    });

    it('of a session that ends meanwhile bring nothing back', async () => {
      const [ada, other] = [await session(), await session()];
      const changed = await grants.update(ADA, ({ id }) => {
        if (id === ada.id) void store.delete(ada.id);
        return { roles: [] };
      });
      expect(changed).toBeGreaterThanOrEqual(1);
      expect(await store.find(ada.id)).toBeNull();
      expect(await store.find(other.id)).toMatchObject({ roles: [] });
    });
  });

  describe('limits', () => {
    it('become shorter at once, and never longer', async () => {
      const ada = await withTokens();
      expect(await grants.limits(ACME, { idleTimeout: 600, absoluteTimeout: 1800 })).toBe(1);
      const shorter = await store.find(ada.id);
      const expiresAt = new Date(ada.authenticatedAt.getTime() + 1_800_000);
      expect(shorter).toMatchObject({ idleTimeout: 600, expiresAt, tokens: ada.tokens });
      expect(await grants.limits(ACME, { idleTimeout: 6000, absoluteTimeout: 36_000 })).toBe(0);
      expect(await grants.limits(ACME, { idleTimeout: null, absoluteTimeout: null })).toBe(0);
      expect(await store.find(ada.id)).toEqual(shorter);
    });

    it('end the sessions that are past them, and say so on record', async () => {
      const old = await session({ authenticatedAt: new Date(Date.now() - 1_000_000) });
      const young = await session();
      const isKnown = await inMemory(old);
      expect(await grants.limits(ACME, { idleTimeout: null, absoluteTimeout: 900 })).toBe(2);
      expect([await store.find(old.id), isKnown()]).toEqual([null, false]);
      expect(await store.find(young.id)).not.toBeNull();
      const { rows } = await sql<{ reason: string; session_id: string }>`
        select reason, session_id from audit_events
      `.execute(ground.database);
      expect(rows).toEqual([{ reason: 'policy_changed', session_id: old.id }]);
    });
  });
});
