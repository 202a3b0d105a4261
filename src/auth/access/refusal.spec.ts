import { describe, expect, it } from '@jest/globals';
import type { Request } from 'express';
import type { Session, UserPrincipal } from '../../identity/principal.js';
import { userPrincipal } from '../../testing/principals.js';
import { proveAgain, signInFirst } from './refusal.js';

const AT = new Date('2026-03-01T12:00:00Z');
const REQUEST = { method: 'GET', headers: {}, originalUrl: '/secrets' } as unknown as Request;

function person(
  session: Partial<Session>,
  organization: UserPrincipal['organization'] = null,
): UserPrincipal {
  const principal = userPrincipal({ organization }, AT);
  return { ...principal, session: { ...principal.session, ...session } };
}

describe('the way to prove anew who one is', () => {
  const acme = { id: 'org_1', name: 'Acme' };

  it.each<[string, UserPrincipal, string]>([
    ['the connection of the session', person({ connectionId: 'conn_1' }, acme), '&connection=conn_1'],
    ['the organization, where no connection is known', person({}, acme), '&organization=org_1'],
    ['the provider of a social sign-in', person({ method: 'googleoauth' }), '&provider=GoogleOAuth'],
    ['the default of the mode, where nothing is known', person({ method: 'password' }), ''],
  ])('is %s', (_, principal, query) => {
    expect(proveAgain(REQUEST, 'https://app.example.com', principal, 300).options.members).toEqual({
      maxAge: 300,
      signInUrl: `https://app.example.com/auth/login?reauthenticate=true${query}`,
    });
  });
});

describe('the way back after a sign-in', () => {
  it.each([
    ['/v1/me?a=b', '/v1/me?a=b'],
    ['https://evil.example/v1/me?a=b', '/v1/me?a=b'],
    ['http://[', '/'],
  ])('of a request for %s is %s', (originalUrl, path) => {
    const request = { method: 'GET', headers: { 'sec-fetch-mode': 'navigate' }, originalUrl };
    const { redirect } = signInFirst(request as unknown as Request, 'https://app.example.com').options;
    expect(redirect).toBe(`/auth/login?${new URLSearchParams({ return_to: path }).toString()}`);
  });
});
