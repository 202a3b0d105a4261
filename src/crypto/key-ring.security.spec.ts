import { hkdfSync, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { CompactEncrypt, compactDecrypt } from 'jose';
import fc from 'fast-check';
import { KeyRing } from './key-ring.js';

const [first, second, third] = [randomBytes(32), randomBytes(32), randomBytes(32)];
const ring = new KeyRing([first]);

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The token with its protected header replaced. */
function withHeader(sealed: string, header: unknown): string {
  return [base64url(header), ...sealed.split('.').slice(1)].join('.');
}

function headerOf(sealed: string): Record<string, unknown> {
  const [header = ''] = sealed.split('.');
  return JSON.parse(Buffer.from(header, 'base64url').toString()) as Record<string, unknown>;
}

describe('what the key ring seals', () => {
  it('opens again to the same text, whatever the text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (text) => {
        expect(await ring.unseal('cookie', await ring.seal('cookie', text))).toBe(text);
      }),
      { numRuns: 50 },
    );
  });

  it('opens with an older key after a rotation, is written with the newest, and not with one that is gone', async () => {
    const old = await ring.seal('cookie', 'text');
    const rotated = new KeyRing([second, first]);
    const fresh = await rotated.seal('cookie', 'text');
    expect(await rotated.unseal('cookie', old)).toBe('text');
    expect(await new KeyRing([second]).unseal('cookie', fresh)).toBe('text');
    expect(await ring.unseal('cookie', fresh)).toBeNull();
    expect(await new KeyRing([third, second]).unseal('cookie', old)).toBeNull();
  });

  it('opens for its own purpose alone', async () => {
    const sealed = await ring.seal('sign-in', 'text');
    expect(await ring.unseal('sign-in', sealed)).toBe('text');
    for (const purpose of ['refresh-token', 'sign-in ', 'Sign-In', '', 'sign']) {
      expect(await ring.unseal(purpose, sealed)).toBeNull();
    }
  });

  it('stays shut when its header names the key of another purpose', async () => {
    const [sealed, other] = [await ring.seal('sign-in', 'text'), await ring.seal('other', 'text')];
    expect(await ring.unseal('other', withHeader(sealed, headerOf(other)))).toBeNull();
  });

  it('stays shut when any one bit of it was flipped', async () => {
    const sealed = await ring.seal('cookie', JSON.stringify({ user: 'ada', admin: false }));
    const bytes = Buffer.from(sealed, 'latin1');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect([bit, await ring.unseal('cookie', flipped.toString('latin1'))]).toEqual([bit, null]);
    }
  });

  it('has one spelling: another last character of a part, padding and white space are refused', async () => {
    const sealed = await ring.seal('cookie', 'some text');
    const parts = sealed.split('.');
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const respelt = [0, 2, 3, 4].flatMap((index) =>
      [...alphabet, 'A=', ' ', '\n'].map((end) =>
        parts.map((part, at) => (at === index ? part.slice(0, -1) + end : part)).join('.'),
      ),
    );
    for (const value of respelt.filter((value) => value !== sealed)) {
      expect([value, await ring.unseal('cookie', value)]).toEqual([value, null]);
    }
    expect(await ring.unseal('cookie', `${sealed}=`)).toBeNull();
  });

  it('stays shut when its parts are cut, moved or taken from another', async () => {
    const [a, b] = [await ring.seal('cookie', 'text a'), await ring.seal('cookie', 'text b')];
    const [parts, others] = [a.split('.'), b.split('.')];
    const mixed = [2, 3, 4].map((index) =>
      parts.map((part, at) => (at === index ? others[at] : part)).join('.'),
    );
    const cut = Array.from({ length: a.length }, (_, length) => a.slice(0, length));
    for (const value of [...mixed, ...cut, `${a}.`, `.${a}`, `${a}.x`, a + b, parts.toReversed().join('.')]) {
      expect(await ring.unseal('cookie', value)).toBeNull();
    }
  });

  it.each([
    ['alg none', { alg: 'none' }],
    ['another way to wrap the key', { alg: 'A256KW' }],
    ['a password for a key', { alg: 'PBES2-HS512+A256KW', p2c: 1_000_000_000, p2s: 'AAAA' }],
    ['an elliptic key', { alg: 'ECDH-ES', epk: { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' } }],
    ['no algorithm', { alg: undefined }],
    ['another cipher', { enc: 'A128GCM' }],
    ['a cipher without authentication', { enc: 'A256CTR' }],
    ['a MAC-then-encrypt cipher', { enc: 'A256CBC-HS512' }],
    ['compression', { zip: 'DEF' }],
    ['an unknown critical parameter', { crit: ['exp'], exp: 1 }],
    ['no key id', { kid: undefined }],
    ['another key id', { kid: 'AAAAAAAA' }],
    ['a key id that is no text', { kid: { toString: 'x' } }],
    ['a key of its own', { jwk: { kty: 'oct', k: 'AAAA' } }],
    ['the address of a key', { jku: 'http://127.0.0.1:9/keys' }],
    ['a polluted prototype', { ['__proto__']: { kid: 'x' } }],
  ])('stays shut when its header asks for %s', async (_, change) => {
    const sealed = await ring.seal('cookie', 'text');
    expect(await ring.unseal('cookie', withHeader(sealed, { ...headerOf(sealed), ...change }))).toBeNull();
  });

  it.each([
    ['alg none', { alg: 'none' }],
    ['an object for an algorithm', { alg: {} }],
    ['no object', null],
    ['a list', []],
    ['a text', 'dir'],
  ])('stays shut when its header is %s', async (_, header) => {
    expect(await ring.unseal('cookie', withHeader(await ring.seal('cookie', 'text'), header))).toBeNull();
  });

  it.each(['', '.', '....', '.....', 'a.b.c.d.e', '{}', 'null', '\0', 'ü.ü.ü.ü.ü', '{"protected":"e30"}'])(
    'is not %j, nor anything that is no token',
    async (value) => {
      expect(await ring.unseal('cookie', value)).toBeNull();
    },
  );

  it('is not a megabyte of anything', async () => {
    const parts = (await ring.seal('cookie', 'text')).split('.');
    const huge = 'A'.repeat(1_000_000);
    const values = parts.map((_, index) => parts.map((part, at) => (at === index ? huge : part)).join('.'));
    for (const value of [huge, '.'.repeat(1_000_000), ...values]) {
      expect(await ring.unseal('cookie', value)).toBeNull();
    }
  });

  it('is not what somebody else encrypted and named after our key', async () => {
    const { kid } = headerOf(await ring.seal('cookie', 'text'));
    const forged = await new CompactEncrypt(Buffer.from('forged'))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: String(kid) })
      .encrypt(third);
    expect(await ring.unseal('cookie', forged)).toBeNull();
  });

  it.each([
    ['dir', 'A256GCM', 'text'],
    ['dir', 'A128CBC-HS256', null],
    ['A256KW', 'A256GCM', null],
    ['A256GCMKW', 'A256GCM', null],
  ])(
    'is not what our own key encrypted with %s and %s, unless that is our own way',
    async (alg, enc, expected) => {
      const { kid } = headerOf(await ring.seal('cookie', 'text'));
      const key = new Uint8Array(hkdfSync('sha256', first, '', 'gatehouse cookie encryption', 32));
      const sealed = await new CompactEncrypt(Buffer.from('text'))
        .setProtectedHeader({ alg, enc, kid: String(kid) })
        .encrypt(key);
      expect(await ring.unseal('cookie', sealed)).toBe(expected);
    },
  );

  it('is not encrypted with the session key itself', async () => {
    await expect(compactDecrypt(await ring.seal('cookie', 'text'), first)).rejects.toThrow();
  });

  it('never uses a nonce twice: ten thousand seals have as many', async () => {
    const sealed = await Promise.all(Array.from({ length: 10_000 }, () => ring.seal('cookie', 'text')));
    const nonces = sealed.map((value) => value.split('.')[2] ?? '');
    expect(new Set(nonces).size).toBe(10_000);
    expect(new Set(nonces.map((nonce) => Buffer.from(nonce, 'base64url').length))).toEqual(new Set([12]));
  });
});

describe('what the key ring signs', () => {
  it('is verified by every key of the ring and by no other', () => {
    const signature = ring.sign('state', 'text');
    expect(ring.verify('state', 'text', signature)).toBe(true);
    expect(new KeyRing([second, first]).verify('state', 'text', signature)).toBe(true);
    expect(new KeyRing([second]).verify('state', 'text', signature)).toBe(false);
    expect(new KeyRing([second, first]).sign('state', 'text')).not.toBe(signature);
  });

  it('holds for one purpose and one text', () => {
    const signature = ring.sign('state', 'text');
    expect(ring.verify('other', 'text', signature)).toBe(false);
    expect(ring.verify('state', 'text ', signature)).toBe(false);
  });

  it('is not a part of a signature, nor one with something added', () => {
    const signature = ring.sign('state', 'text');
    for (const value of [
      '',
      signature.slice(0, -1),
      `${signature}A`,
      `${signature}=`,
      ` ${signature}`,
      signature.slice(1),
    ]) {
      expect(ring.verify('state', 'text', value)).toBe(false);
    }
  });
});

it('an empty key ring seals and signs nothing', async () => {
  const empty = new KeyRing([]);
  await expect(empty.seal('cookie', 'text')).rejects.toThrow('empty');
  expect(() => empty.sign('state', 'text')).toThrow('empty');
  expect(empty.verify('state', 'text', '')).toBe(false);
});
