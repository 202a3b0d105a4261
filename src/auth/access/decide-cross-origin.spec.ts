import { describe, expect, it } from '@jest/globals';
import { isForeign } from './decide-cross-origin.js';

const OWN = 'https://app.acme.com';
const TRUSTED = 'https://admin.acme.com';
const EVIL = 'https://evil.com';

const ask = (secFetchSite?: string, origin?: string, method = 'POST', hasCookie = true) =>
  isForeign({ method, hasCookie, secFetchSite, origin, appUrl: OWN, trustedOrigins: [TRUSTED] });

describe('a request that changes something with the session cookie', () => {
  it.each([
    ['same-origin', OWN],
    ['same-origin', undefined],
    ['none', undefined],
    [undefined, OWN],
    [undefined, TRUSTED],
    ['same-site', TRUSTED],
    ['cross-site', TRUSTED],
  ])('is let through with Sec-Fetch-Site %s and Origin %s', (site, origin) => {
    expect(ask(site, origin)).toBe(false);
  });

  it.each([
    ['cross-site', EVIL],
    ['cross-site', undefined],
    ['cross-site', OWN],
    ['same-site', undefined],
    ['same-site', OWN],
    ['', OWN],
    ['SAME-ORIGIN', OWN],
    ['same-origin, cross-site', OWN],
    ['anything', undefined],
    [undefined, undefined],
    [undefined, EVIL],
    [undefined, 'null'],
    [undefined, ''],
    [undefined, `${OWN}/`],
    [undefined, `${OWN}:443`],
    [undefined, `${OWN}.evil.com`],
    [undefined, 'http://app.acme.com'],
    [undefined, 'https://APP.ACME.COM'],
    [undefined, 'https://acme.com'],
    [undefined, `${OWN}, ${EVIL}`],
  ])('is refused with Sec-Fetch-Site %j and Origin %j', (site, origin) => {
    expect(ask(site, origin)).toBe(true);
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'post', 'get', 'QUERY', 'TRACE', 'PROPFIND', 'X'])(
    'is one with the method %s',
    (method) => {
      expect(ask('cross-site', EVIL, method)).toBe(true);
    },
  );
});

describe('a request that is none of its concern', () => {
  it.each(['GET', 'HEAD', 'OPTIONS'])('only looks: %s', (method) => {
    expect(ask('cross-site', EVIL, method)).toBe(false);
  });

  it.each(['POST', 'DELETE'])('carries no session cookie: %s', (method) => {
    expect(ask('cross-site', EVIL, method, false)).toBe(false);
    expect(ask(undefined, undefined, method, false)).toBe(false);
  });
});
