import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { Browser } from './support/browser.js';
import { GLOBEX, Stack } from './support/stack.js';
import { send, type WireRequest } from './support/wire.js';

describe('a refusal', () => {
  let stack: Stack;
  let ada: Browser;
  beforeAll(async () => {
    stack = await Stack.start('sso', {
      WORKOS_WEBHOOK_SECRET: 'whsec_of_this_test_and_of_no_other',
      OPERATOR_TOKEN: randomBytes(32).toString('base64'),
    });
    ada = await stack.signedIn('ada@acme.com');
  });
  afterAll(() => stack.stop());

  const records = (requestId: string) =>
    stack.query(
      'select action, reason, user_id is not null as known from audit_events where request_id = $1',
      [requestId],
    );
  const json = { 'content-type': 'application/json' };
  const ofAda = (headers: Record<string, string> = {}) => ({
    cookie: ada.cookieHeader(stack.url),
    'sec-fetch-site': 'same-origin',
    ...headers,
  });

  describe('is on record', () => {
    it.each<[string, string, () => WireRequest, [action: string, reason: string, known: boolean]]>([
      [
        'of another site',
        '/v1/sessions',
        () => ({ method: 'DELETE', headers: ofAda({ 'sec-fetch-site': 'cross-site' }) }),
        ['access.refused', 'cross_origin', false],
      ],
      [
        'of a credential that is not good',
        '/v1/me',
        () => ({ headers: { authorization: 'Bearer sk_of_nobody_at_all' } }),
        ['access.refused', 'unauthenticated', false],
      ],
      [
        'of two credentials',
        '/v1/me',
        () => ({ headers: ofAda({ authorization: 'Bearer sk_of_nobody_at_all' }) }),
        ['access.refused', 'several_credentials', false],
      ],
      [
        'of an address to go back to',
        '/auth/login?return_to=//evil.example',
        () => ({}),
        ['sign_in.refused', 'invalid_return_to', false],
      ],
      ['of an e-mail', '/auth/login?email=ada', () => ({}), ['sign_in.refused', 'invalid_email', false]],
      [
        'of a webhook',
        '/webhooks/workos',
        () => ({ method: 'POST', headers: json, body: '{}' }),
        ['webhook.refused', 'invalid_signature', false],
      ],
      [
        'of another organization',
        '/v1/session/organization',
        () => ({
          method: 'POST',
          headers: ofAda(json),
          body: JSON.stringify({ organizationId: GLOBEX.organization }),
        }),
        ['access.refused', 'not_a_member', true],
      ],
      [
        'of a policy',
        '/v1/organization/policy',
        () => ({
          method: 'PATCH',
          headers: ofAda(json),
          body: JSON.stringify({ requiredGroups: ['Nobody'] }),
        }),
        ['policy.refused', 'policy_excludes_you', true],
      ],
    ])('%s', async (what, path, request, [action, reason, known]) => {
      const { headers, ...rest } = request();
      const id = what.replaceAll(' ', '-');
      const answer = await send(stack.url, path, {
        ...rest,
        headers: { accept: 'application/json', ...headers, 'x-request-id': id },
      });
      expect(answer.body?.code).toBe(reason);
      expect(await records(id)).toEqual([{ action, reason, known }]);
    });

    it('once a minute where it is of nobody that we know, and never of whoever shows nothing', async () => {
      const refusals = async (headers: Record<string, string>) => {
        const ids = Array.from({ length: 10 }, (_, index) => `${Object.keys(headers).length}-${index}`);
        await stack.query("delete from audit_events where action = 'access.refused'");
        for (const id of ids)
          await send(stack.url, '/v1/me', { headers: { ...headers, 'x-request-id': id } });
        return (await Promise.all(ids.map(records))).flat();
      };
      stack.moveClock(120);
      const twice = await refusals({ cookie: 'session=one; session=two' });
      expect(twice[0]).toMatchObject({ reason: 'several_credentials', known: false });
      const { length } = await refusals({ authorization: 'Bearer sk_of_nobody_at_all' });
      // A minute may have ended in between.
      expect([1, 2]).toContain(length);
      expect(await refusals({})).toEqual([]);
    });

    it.each<[string, string, WireRequest]>([
      [
        'codes of passes are guessed',
        '/auth/break-glass',
        {
          method: 'POST',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: `code=${'a'.repeat(43)}`,
        },
      ],
      [
        "the operators' token is guessed",
        '/operations/events/dead',
        { headers: { authorization: 'Bearer of-nobody-at-all' } },
      ],
    ])('once a minute where %s', async (what, path, { headers, ...request }) => {
      const ids = Array.from({ length: 10 }, (_, index) => `${what.replaceAll(/\W/g, '-')}-${index}`);
      for (const id of ids)
        await send(stack.url, path, {
          ...request,
          headers: { accept: 'application/json', ...headers, 'x-request-id': id },
        });
      // A minute may have ended in between.
      expect([1, 2]).toContain((await Promise.all(ids.map(records))).flat().length);
    });
  });
});
