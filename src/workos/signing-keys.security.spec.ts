import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createNoopMeter } from '@opentelemetry/api';
import { errors, exportJWK, generateKeyPair, type JWK } from 'jose';
import { setImmediate as turn } from 'node:timers/promises';
import { ProblemError } from '../common/problem-error.js';
import { KEY_LIMITS, SigningKeys } from './signing-keys.js';
import { WorkosRequests } from './workos.requests.js';
import { WorkosStub } from './workos.stub.js';

const PATH = '/sso/jwks/client_01ABC';
const pair = await generateKeyPair('RS256', { extractable: true });
const jwk = await exportJWK(pair.publicKey);
const named = (...kids: string[]): JWK[] => kids.map((kid) => ({ ...jwk, kid, alg: 'RS256', use: 'sig' }));

let stub: WorkosStub;
let keys: SigningKeys;
let now: number;
beforeAll(async () => {
  stub = await WorkosStub.start();
});
beforeEach(() => {
  stub.received.length = 0;
  now = Date.parse('2026-03-01T12:00:00Z');
  keys = new SigningKeys(
    new URL(stub.url + PATH),
    () => new Date(now),
    new WorkosRequests(createNoopMeter()).fetch,
  );
  serve('one');
});
afterAll(() => stub.close());

function serve(...kids: string[]): void {
  stub.on(PATH, { json: { keys: named(...kids) } });
}

function fail(): void {
  stub.on(PATH, { status: 503, html: 'unavailable' });
}

const get = (kid: string) => keys.get({ alg: 'RS256', kid });
const outcome = async (kid: string) => {
  try {
    await get(kid);
    return 'found';
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) return 'unknown';
    if (error instanceof ProblemError) return error.code;
    throw error;
  }
};
const questions = () => stub.received.length;
/** Until what runs behind a request has been answered. */
const settled = async () => {
  const before = questions();
  for (let left = 200; left > 0 && questions() === before; left--) await turn();
  for (let left = 50; left > 0; left--) await turn();
};

describe('the keys that WorkOS signs with', () => {
  it('are asked for once, however many want them at once', async () => {
    await Promise.all(Array.from({ length: 50 }, () => get('one')));
    await get('one');
    expect(questions()).toBe(1);
  });

  it('may change: the new one is found with one question more, at once', async () => {
    await get('one');
    serve('one', 'two');
    await Promise.all(Array.from({ length: 50 }, () => get('two')));
    expect(questions()).toBe(2);
    expect(await outcome('one')).toBe('found');
  });

  it('that were withdrawn are not believed any more once that is known', async () => {
    await get('one');
    serve('two');
    await get('two');
    expect(await outcome('one')).toBe('unknown');
  });

  it('are not asked for again and again by made-up names', async () => {
    for (let each = 0; each < 100; each++) expect(await outcome(`made-up-${each}`)).toBe('unknown');
    // One for the keys, one for the first name that is not among them.
    expect(questions()).toBe(2);
    now += KEY_LIMITS.unknownKey;
    await Promise.all(Array.from({ length: 100 }, (_, each) => outcome(`other-${each}`)));
    expect(questions()).toBe(3);
    expect(await outcome('one')).toBe('found');
  });

  it('are asked for again after a while, and nobody waits for it', async () => {
    await get('one');
    now += KEY_LIMITS.fresh;
    stub.on(PATH, 'hang');
    expect(await outcome('one')).toBe('found');
    await settled();
    expect(questions()).toBe(2);
  });

  it('do for an hour while nobody can say, and then it cannot be said', async () => {
    await get('one');
    fail();
    now += KEY_LIMITS.stale - 1;
    expect(await outcome('one')).toBe('found');
    await settled();
    now += KEY_LIMITS.failure + 1;
    expect(await outcome('one')).toBe('upstream_unavailable');
    serve('one');
    now += KEY_LIMITS.failure;
    expect(await outcome('one')).toBe('found');
  });

  it('are not said to be unknown while they cannot be asked for, however often they are', async () => {
    await get('one');
    fail();
    for (let each = 0; each < 5; each++) expect(await outcome('two')).toBe('upstream_unavailable');
    expect(await outcome('one')).toBe('found');
    expect(questions()).toBe(2);
    now += KEY_LIMITS.failure;
    expect(await outcome('two')).toBe('upstream_unavailable');
    serve('one', 'two');
    now += KEY_LIMITS.failure;
    expect(await outcome('two')).toBe('found');
  });

  it('are asked for once a second while that fails', async () => {
    fail();
    for (let each = 0; each < 20; each++) expect(await outcome('one')).toBe('upstream_unavailable');
    expect(questions()).toBe(1);
    now += KEY_LIMITS.failure;
    expect(await outcome('one')).toBe('upstream_unavailable');
    expect(questions()).toBe(2);
  });
});
