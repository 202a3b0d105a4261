import { describe, expect, it } from '@jest/globals';
import express, { type Request } from 'express';
import { isPageLoad } from './page-load.js';

describe('a request for a page', () => {
  it.each<[string, Record<string, string>, boolean]>([
    ['a browser that navigates', { 'sec-fetch-mode': 'navigate' }, true],
    ['an old browser', { accept: 'text/html,*/*;q=0.8' }, true],
    ['a script of a page', { 'sec-fetch-mode': 'cors', accept: 'text/html' }, false],
    ['a program', { accept: '*/*' }, false],
    [
      'a program with a credential, whatever it accepts',
      { authorization: 'bearer x', accept: 'text/html' },
      false,
    ],
    ['the same that claims to navigate', { authorization: 'Bearer x', 'sec-fetch-mode': 'navigate' }, false],
    [
      'a browser behind a proxy that asks for a password',
      { authorization: 'Basic YTpi', accept: 'text/html' },
      true,
    ],
  ])('comes from %s: %j is %s', (_who, headers, expected) => {
    const request = Object.create(express.request, {
      method: { value: 'GET' },
      headers: { value: headers },
    }) as Request;
    expect(isPageLoad(request)).toBe(expected);
  });
});
