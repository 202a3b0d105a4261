import { beforeEach, describe, expect, it } from '@jest/globals';
import type { MachinePrincipal } from '../../identity/principal.js';
import { CREDENTIAL_LIMITS, CredentialCache, type Verdict } from './credential-cache.js';

const ORGANIZATION = { kind: 'organization', id: 'org_acme' } as const;
const KEY = { kind: 'api_key', id: 'api_key_1' } as const;

function machine(clientId: string): MachinePrincipal {
  return {
    kind: 'machine',
    machine: { clientId, expiresAt: new Date(0) },
    organization: { id: 'org_acme', name: 'Acme' },
    roles: [],
    permissions: [],
  };
}

let hears: boolean;
let cache: CredentialCache;
let asked: number;
beforeEach(() => {
  hears = true;
  asked = 0;
  cache = new CredentialCache(() => hears);
});

const good = (until = 60_000, id = 'client_1'): Verdict => ({
  principal: machine(id),
  subjects: [ORGANIZATION, KEY],
  until,
});
const judge = (credential: string, verdict: Verdict | Promise<Verdict> = good(), now = 0) =>
  cache.judge(credential, now, async () => {
    asked += 1;
    return verdict;
  });

describe('what a node knows of bearer credentials', () => {
  it('is nothing of one that it has not judged', async () => {
    await judge('one');
    expect(cache.recall('two', 0)).toBeUndefined();
    expect(cache.recall('', 0)).toBeUndefined();
  });

  it('is the verdict, until its end to the instant', async () => {
    await judge('one', good(5000));
    expect(cache.recall('one', 4999)).toMatchObject({ kind: 'machine' });
    expect(cache.recall('one', 5000)).toBeUndefined();
  });

  it('is also that it is not to be believed', async () => {
    await judge('bad', { principal: null, subjects: [], until: 1000 });
    expect(cache.recall('bad', 999)).toBeNull();
    expect(cache.recall('bad', 1000)).toBeUndefined();
  });

  it.each([
    ['that is no token at all', 0],
    ['that WorkOS does not know', 10_000],
  ])('stays, however many others are made up, each one %s', async (_, until) => {
    await judge('one');
    for (let each = 0; each <= CREDENTIAL_LIMITS.entries; each++)
      await judge(`a.b.${each}`, { principal: null, subjects: [], until });
    expect(cache.recall('one', 0)).toMatchObject({ kind: 'machine' });
  });

  it('is the last verdict alone, whatever the one before it was', async () => {
    const refusal = { principal: null, subjects: [KEY], until: 60_000 };
    for (const [verdict, found] of [
      [good(), 'client_1'],
      [refusal, null],
      [good(60_000, 'client_2'), 'client_2'],
      [{ ...refusal, until: 0 }, undefined],
    ] as const) {
      await judge('one', verdict);
      const known = cache.recall('one', 0);
      expect(known?.kind === 'machine' ? known.machine.clientId : known).toBe(found);
    }
    await judge('one', refusal);
    cache.onInvalidation(KEY);
    expect(cache.recall('one', 0)).toBeUndefined();
  });

  it('is asked for once, however many want it at once', async () => {
    await Promise.all(Array.from({ length: 20 }, () => judge('one')));
    expect(asked).toBe(1);
  });

  it('is nothing where it could not be judged', async () => {
    await expect(judge('one', Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect(cache.recall('one', 0)).toBeUndefined();
    expect(await judge('one')).toMatchObject({ kind: 'machine' });
  });

  it.each([ORGANIZATION, KEY])('is forgotten when the $kind that it speaks for is revoked', async (whose) => {
    await judge('one');
    cache.onInvalidation({ kind: whose.kind, id: `${whose.id}_other` });
    cache.onInvalidation({ kind: 'user', id: whose.id });
    expect(cache.recall('one', 0)).toMatchObject({ kind: 'machine' });
    cache.onInvalidation(whose);
    expect(cache.recall('one', 0)).toBeUndefined();
  });

  it('is forgotten in the same time, however much there is', async () => {
    const subjects = (each: number) => [{ kind: 'user', id: `user_${each}` } as const, ORGANIZATION];
    for (let each = 0; each < CREDENTIAL_LIMITS.entries; each++)
      await judge(`token ${each}`, { ...good(), subjects: subjects(each) });
    const start = performance.now();
    for (let each = 0; each < 1000; each++) cache.onInvalidation({ kind: 'user', id: `user_${each}` });
    expect((performance.now() - start) / 1000).toBeLessThan(0.1);
    expect([cache.recall('token 999', 0), cache.recall('token 1000', 0)?.kind]).toEqual([
      undefined,
      'machine',
    ]);
  });

  it('is forgotten with what somebody revoked later than it was pushed out of memory', async () => {
    await judge('first');
    for (let each = 0; each < CREDENTIAL_LIMITS.entries; each++)
      await judge(`token ${each}`, { ...good(), subjects: [] });
    expect(cache.recall('first', 0)).toBeUndefined();
    await judge('first', { ...good(), subjects: [KEY] });
    cache.onInvalidation(ORGANIZATION);
    expect(cache.recall('first', 0)).toMatchObject({ kind: 'machine' });
    cache.onInvalidation(KEY);
    expect(cache.recall('first', 0)).toBeUndefined();
  });

  it('is asked for again where a revocation comes in between', async () => {
    const first = Promise.withResolvers<Verdict>();
    const answers = [first.promise, Promise.resolve<Verdict>({ principal: null, subjects: [], until: 1000 })];
    const answer = cache.judge('one', 0, async () => {
      const next = answers[asked];
      asked += 1;
      if (!next) throw new Error('asked too often');
      return next;
    });
    cache.onInvalidation(KEY);
    first.resolve(good());
    expect(await answer).toBeNull();
    expect(asked).toBe(2);
    expect(cache.recall('one', 0)).toBeNull();
  });

  it('is not kept where revocations never cease to come', async () => {
    const answer = await cache.judge('one', 0, async () => {
      asked += 1;
      await Promise.resolve();
      cache.onInvalidation(KEY);
      return good();
    });
    expect(answer).toMatchObject({ kind: 'machine' });
    expect(asked).toBe(CREDENTIAL_LIMITS.rounds);
    expect(cache.recall('one', 0)).toBeUndefined();
  });

  it('serves nobody who comes after a revocation with what was asked before it', async () => {
    const before = Promise.withResolvers<Verdict>();
    const early = judge('one', before.promise);
    cache.onInvalidation(KEY);
    const late = judge('one', { principal: null, subjects: [], until: 1000 });
    expect(await late).toBeNull();
    before.resolve({ principal: null, subjects: [], until: 1000 });
    expect(await early).toBeNull();
  });

  it('is not what was asked before a revocation, though somebody else has asked anew in between', async () => {
    const [before, between] = [Promise.withResolvers<Verdict>(), Promise.withResolvers<Verdict>()];
    const answers = [before.promise, between.promise];
    const early = cache.judge('one', 0, () => answers.shift() ?? Promise.reject(new Error('down')));
    cache.onInvalidation({ kind: 'user', id: 'somebody_else' });
    await judge('one');
    before.resolve(good());
    await new Promise(setImmediate);
    cache.onInvalidation(KEY);
    between.resolve(good());
    await early.catch(() => null);
    expect(cache.recall('one', 0)).toBeUndefined();
  });

  it('is believed for a moment alone while revocations may be missed', async () => {
    await judge('one');
    hears = false;
    expect(cache.recall('one', CREDENTIAL_LIMITS.deafAge - 1)).toMatchObject({ kind: 'machine' });
    expect(cache.recall('one', CREDENTIAL_LIMITS.deafAge)).toBeUndefined();
    hears = true;
    expect(cache.recall('one', CREDENTIAL_LIMITS.deafAge)).toMatchObject({ kind: 'machine' });
  });

  it('is nothing after some were missed', async () => {
    await judge('one');
    cache.onGap();
    expect(cache.recall('one', 0)).toBeUndefined();
  });
});
