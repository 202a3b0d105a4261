import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { resolveReturnTo } from './return-to.js';

const APP = 'https://app.acme.com';
const LISTED = ['https://reports.acme.com', 'http://localhost:8080'];
const OURS = new Set([APP, ...LISTED]);
const EVIL = 'https://evil.com/phish/';

const resolve = (value: string) => resolveReturnTo(value, APP, LISTED);

const CONTROLS = ['\t', '\n', '\r', '\r\n', '\v', '\f', '\0', '\u001f', ' ', '\u007f'];

/** What an open-redirect scanner tries (after the lists of oauth2-proxy, Keycloak and PortSwigger). */
const FOREIGN = [
  // No scheme, or half of one: what a browser takes for a host.
  '//evil.com',
  '///evil.com',
  '////evil.com/',
  '//evil.com/%2f..',
  '//evil.com@app.acme.com',
  '//evil%2ecom',
  '//evil。com',
  '//[::1]',
  '//0x7f000001',
  '//127.0.0.1:443',
  '//app.acme.com/signed-in',
  '//@evil.com',
  '/\\evil.com',
  '/\\/evil.com',
  '\\/\\/evil.com',
  '\\\\evil.com',
  '/\\\\evil.com',
  '/a\\..\\..\\\\evil.com',
  'https:\\\\evil.com',
  'https:/\\evil.com',
  `${APP}\\@evil.com`,
  `${APP}\\.evil.com`,
  'https:evil.com',
  'https:/evil.com',
  'https:///evil.com',
  'https:app.acme.com',
  'evil.com',
  'app.acme.com',
  '@evil.com',
  '.evil.com',
  ':443',
  '?next=//evil.com',
  '#//evil.com',
  '%2f%2fevil.com',
  '%2Fevil.com',
  './/evil.com',
  '../evil.com',
  // Other schemes.
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'javascript://app.acme.com/%0aalert(1)',
  'javascript:https://app.acme.com/',
  'data:text/html,<script>alert(1)</script>',
  'data:text/html;base64,PHNjcmlwdD4=',
  'vbscript:msgbox(1)',
  'file:///etc/passwd',
  'ftp://app.acme.com/',
  'ws://app.acme.com/',
  'blob:https://app.acme.com/0d5b1a2e',
  'filesystem:https://app.acme.com/temporary/x',
  'view-source:https://app.acme.com/',
  'intent://app.acme.com/#Intent;scheme=https;end',
  'about:blank',
  'mailto:ada@acme.com',
  // The right host on the wrong side, or nearly the right host.
  'https://app.acme.com.evil.com/',
  'https://app.acme.comevil.com/',
  'https://evil.com/app.acme.com',
  'https://evil.com?https://app.acme.com/',
  'https://evil.com#https://app.acme.com/',
  'https://evil.com/https://app.acme.com/',
  'https://app.acme.com@evil.com/',
  'https://app.acme.com:443@evil.com/',
  'https://app.acme.com%40evil.com/',
  'https://app.acme.com%00.evil.com/',
  'https://app.acme.com%2eevil.com/',
  'https://app.acme.com;.evil.com/',
  'https://app.acme.com&.evil.com/',
  'https://evil.com;app.acme.com/',
  'https://evil.com:80;app.acme.com/',
  'https://evil@app.acme.com@evil.com/',
  'https://reports.acme.com.evil.com/',
  'https://reports.acme.com@evil.com/',
  'http://localhost:8080@evil.com/',
  'http://localhost:80801/',
  'https://sub.app.acme.com/',
  'https://acme.com/',
  'https://xapp.acme.com/',
  'https://appxacme.com/',
  'https://app.acme.com./',
  'https://аpp.acme.com/',
  'https://app.аcme.com/',
  'https://xn--pp-fka.acme.com/',
  'https://app.acme.com／.evil.com/',
  'https://app.acme.com⁄.evil.com/',
  'https://[::1]/',
  'https://[::ffff:127.0.0.1]/',
  'https://2130706433/',
  // Other ports, other schemes of the same host, credentials.
  'http://app.acme.com/',
  'https://app.acme.com:444/',
  'https://app.acme.com:80/',
  'https://app.acme.com:99999/',
  'https://localhost:8080/',
  'http://localhost:8081/',
  'http://localhost/',
  'http://127.0.0.1:8080/',
  'https://ada@app.acme.com/',
  'https://ada:secret@app.acme.com/',
  'https://:secret@app.acme.com/',
  'https://',
  'https://?',
  'https://#',
  'https:// app.acme.com/',
  '',
  ...CONTROLS.flatMap((control) => [
    `${control}//evil.com`,
    `/${control}/evil.com`,
    `//${control}evil.com`,
    `/${control}/app.acme.com`,
    `${control}/reports`,
    `/reports${control}`,
    `java${control}script:alert(1)`,
    `https:/${control}/evil.com`,
    `${APP}${control}.evil.com`,
  ]),
];

/** Hostile to look at, harmless as sent: the host is ours, and only the path looks odd. */
const STAYS: readonly (readonly [string, string])[] = [
  ['/%2f%2fevil.com', `${APP}/%2f%2fevil.com`],
  ['/%5cevil.com', `${APP}/%5cevil.com`],
  ['/%09/evil.com', `${APP}/%09/evil.com`],
  ['/%0d%0aLocation:%20https://evil.com', `${APP}/%0d%0aLocation:%20https://evil.com`],
  ['/..//evil.com', `${APP}//evil.com`],
  ['/.//evil.com', `${APP}//evil.com`],
  ['/%2e%2e//evil.com', `${APP}//evil.com`],
  ['/a/..//evil.com', `${APP}//evil.com`],
  ['/@evil.com', `${APP}/@evil.com`],
  ['/:evil.com', `${APP}/:evil.com`],
  ['/https://evil.com', `${APP}/https://evil.com`],
  ['/javascript:alert(1)', `${APP}/javascript:alert(1)`],
  ['/\u00a0/evil.com', `${APP}/%C2%A0/evil.com`],
  ['/\u2028/evil.com', `${APP}/%E2%80%A8/evil.com`],
  ['/／evil.com', `${APP}/%EF%BC%8Fevil.com`],
  ['/?next=//evil.com', `${APP}/?next=//evil.com`],
  ['/#//evil.com', `${APP}/#//evil.com`],
  ['https://app.acme.com//evil.com', `${APP}//evil.com`],
  ['https://app。acme．com/x', `${APP}/x`],
  ['https://app.acme.com:/@evil.com:x@evil.com', `${APP}/@evil.com:x@evil.com`],
  ['https://app.acme.com#@evil.com/', `${APP}/#@evil.com/`],
  ['https://app.acme.com?@evil.com/', `${APP}/?@evil.com/`],
];

const HONEST: readonly (readonly [string, string])[] = [
  ['/', `${APP}/`],
  ['/reports', `${APP}/reports`],
  ['/reports?q=1&q=2&empty=&flag', `${APP}/reports?q=1&q=2&empty=&flag`],
  ['/reports#section-2', `${APP}/reports#section-2`],
  ['/reports?to=https%3A%2F%2Fevil.com%2F%3Fa%3Db', `${APP}/reports?to=https%3A%2F%2Fevil.com%2F%3Fa%3Db`],
  ['/a//b///c', `${APP}/a//b///c`],
  ['/a%2Fb%20c/%E2%82%AC', `${APP}/a%2Fb%20c/%E2%82%AC`],
  ["/a+b;c=d,e!$&'()*~", `${APP}/a+b;c=d,e!$&'()*~`],
  ['/a:b@c', `${APP}/a:b@c`],
  ['/Straße/東京?ä=ö#ü', `${APP}/Stra%C3%9Fe/%E6%9D%B1%E4%BA%AC?%C3%A4=%C3%B6#%C3%BC`],
  ['/trailing/', `${APP}/trailing/`],
  [`${APP}/reports?q=1#top`, `${APP}/reports?q=1#top`],
  [APP, `${APP}/`],
  ['HTTPS://APP.ACME.COM:443/Reports', `${APP}/Reports`],
  ['https://reports.acme.com/weekly?a=1', 'https://reports.acme.com/weekly?a=1'],
  ['http://localhost:8080/dev', 'http://localhost:8080/dev'],
];

describe('an address to return to after a sign-in', () => {
  it.each(FOREIGN.map((value) => [value]))('refuses %j', (value) => {
    expect(resolve(value)).toBeNull();
  });

  it.each(STAYS)('sends %j nowhere but to our own host', (value, expected) => {
    expect(resolve(value)).toBe(expected);
    expect(new URL(expected, EVIL).origin).toBe(APP);
  });

  it.each(HONEST)('keeps the honest %j exactly', (value, expected) => {
    expect(resolve(value)).toBe(expected);
  });

  it('believes no host of its own beside the one that is configured', () => {
    expect(resolveReturnTo('https://reports.acme.com/', APP, [])).toBeNull();
    expect(resolveReturnTo('/x', 'http://localhost:3000', [])).toBe('http://localhost:3000/x');
  });

  it('refuses what is longer than 2048 characters, before or after it is encoded', () => {
    expect(resolve(`/${'a'.repeat(2048 - APP.length - 1)}`)).toHaveLength(2048);
    expect(resolve(`/${'a'.repeat(2048 - APP.length)}`)).toBeNull();
    expect(resolve(`/${'é'.repeat(500)}`)).toBeNull();
    expect(resolve(`/${'a'.repeat(1_000_000)}`)).toBeNull();
  });

  it('emits, whatever comes in, an absolute address of ours that every browser reads alike', () => {
    const parts = [
      '/',
      '//',
      '\\',
      '.',
      '..',
      ':',
      '@',
      '?',
      '#',
      '%2f',
      '%5c',
      '%00',
      '%0d%0a',
      '。',
      '／',
      'é',
    ];
    const names = [
      'https:',
      'HTTP://',
      'javascript:',
      'app.acme.com',
      'reports.acme.com',
      'evil.com',
      '[::1]',
    ];
    const fragments = fc.constantFrom(...parts, ...names, ...CONTROLS, APP, ':443', 'a');
    const hostile = fc.array(fragments, { maxLength: 8 }).map((chosen) => chosen.join(''));
    const values = fc.oneof(
      hostile,
      hostile.map((tail) => APP + tail),
      hostile.map((tail) => `/${tail}`),
      fc.string({ unit: 'binary' }),
    );
    let kept = 0;
    fc.assert(
      fc.property(values, (value) => {
        const resolved = resolve(value);
        if (resolved === null) return;
        kept += 1;
        const seen = new URL(resolved, EVIL);
        expect(OURS).toContain(seen.origin);
        expect(seen.href).toBe(resolved);
        expect(seen.username + seen.password).toBe('');
        expect(resolved).toMatch(/^https?:\/\/[\x21-\x7e]+$/);
        expect(resolve(resolved)).toBe(resolved);
      }),
      { numRuns: 2000 },
    );
    expect(kept).toBeGreaterThan(200);
  });

  it('keeps every well-formed path, query and fragment to the letter', () => {
    const path = fc
      .webPath()
      .filter((value) => /^\/(?!\/)/.test(value) && !/\/(?:\.|%2e){1,2}(?:\/|$)/i.test(value));
    fc.assert(
      fc.property(path, fc.webQueryParameters(), fc.webFragments(), (where, query, fragment) => {
        // The URL standard encodes an apostrophe in a query; all else of RFC 3986 stays.
        const value = `${where}?${query.replaceAll("'", '')}#${fragment}`;
        expect(resolve(value)).toBe(APP + value);
      }),
      { numRuns: 300 },
    );
  });
});
