import { HttpAdapterHost } from '@nestjs/core';
import { describe, expect, it } from '@jest/globals';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Config } from '../../config/config.js';
import { Cookies } from './cookies.js';

/** The session's token that stands in a `Cookie` header. */
function sessionIn(cookie: string, appUrl: string): string | undefined {
  const request = Object.assign(new IncomingMessage(new Socket()), { headers: { cookie } });
  return new Cookies({ appUrl } as Config, new HttpAdapterHost()).session(request);
}

const [GOOD, PLANTED] = ['g', 'p'].map((letter) => letter.repeat(43));

describe.each([
  ['http://localhost:3000', 'session'],
  ['https://gatehouse.example', '__Host-session'],
])('the session cookie at %s', (appUrl, name) => {
  it('is found among others', () => {
    expect(sessionIn(`${name}=${GOOD}`, appUrl)).toBe(GOOD);
    expect(sessionIn(`a=1; ${name}=${GOOD}; my${name}=2; ${name}s=3`, appUrl)).toBe(GOOD);
    expect(sessionIn(`a=${name}; b`, appUrl)).toBeUndefined();
    expect(sessionIn(`${name}; ${name}=${GOOD}`, appUrl)).toBe(GOOD);
  });

  it.each([
    `${name}=${GOOD}; ${name}=${PLANTED}`,
    `${name}=${PLANTED}; ${name}=${GOOD}`,
    `${name}=${GOOD}; ${name}=${GOOD}`,
    `${name}=; a=1;${name} =${GOOD}`,
  ])('is refused where it came twice: %s', (cookie) => {
    expect(() => sessionIn(cookie, appUrl)).toThrow('several_credentials');
  });
});
