import { describe, expect, it } from '@jest/globals';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { bearerKind, bearerOf } from './bearer.js';

function request(...headers: string[]): IncomingMessage {
  const message = new IncomingMessage(new Socket());
  message.rawHeaders = headers.flatMap((value) => ['Authorization', value]);
  if (headers[0] !== undefined) message.headers.authorization = headers[0];
  return message;
}

describe('an Authorization header', () => {
  it.each([
    ['Bearer abc', 'abc'],
    ['bearer abc', 'abc'],
    ['BEARER   abc  ', 'abc'],
    ['Bearer', ''],
    ['Bearer ', ''],
    ['Bearer a b', ''],
    ['Bearer abc, Bearer def', ''],
    ['Bearer\tabc', ''],
  ])('%j holds the credential %j', (header, credential) => {
    expect(bearerOf(request(header))).toBe(credential);
  });

  it.each(['Basic YTpi', 'Bearerabc', 'Digest x', ''])('%j holds none', (header) => {
    expect(bearerOf(request(header))).toBeUndefined();
  });

  it('that is there twice is refused, whichever of them would be good', () => {
    expect(() => bearerOf(request('Bearer abc', 'Bearer def'))).toThrow('several_credentials');
    expect(() => bearerOf(request('Basic YTpi', 'Bearer def'))).toThrow('several_credentials');
  });

  it('that is not there holds none', () => {
    expect(bearerOf(request())).toBeUndefined();
  });
});

describe('a credential', () => {
  it.each([
    ['eyJhbGciOiJSUzI1NiJ9.e30.c2ln', 'accessToken'],
    ['sk_live_0123456789', 'apiKey'],
    // A session's token is nobody's business but ours: it is not sent to WorkOS to be looked at.
    ['a'.repeat(43), null],
    ['', null],
    ['a.b', null],
    ['a.b.c.d', null],
    ['a.b.c.d.e', null],
    ['..', null],
    ['sk_', null],
    ['sk_short', null],
    [`sk_${'a'.repeat(300)}`, null],
    ['sk_live_0123456789/../x', null],
    ['pk_live_0123456789', null],
    [`a.${'b'.repeat(9000)}.c`, null],
  ])('of the shape %j is taken for %j', (value, kind) => {
    expect(bearerKind(value)).toBe(kind);
  });
});
