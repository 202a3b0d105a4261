import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { classify, redacted, unavailable } from './workos.errors.js';
import { WorkosStub, type Reply } from './workos.stub.js';

const CODE = '01CANARYC0DE';
const TOKEN_PATH = '/sso/token';

let stub: WorkosStub;
beforeAll(async () => {
  stub = await WorkosStub.start();
});
afterAll(() => stub.close());

/** What the SDK throws when it redeems a code and gets this reply. */
async function thrownFor(reply: Reply, timeout?: number): Promise<unknown> {
  stub.on(TOKEN_PATH, reply);
  const client = stub.client('client_1', timeout);
  return client.sso.getProfileAndToken({ code: CODE, clientId: 'client_1' }).then(
    () => {
      throw new Error('The SDK threw nothing.');
    },
    (error: unknown) => error,
  );
}

const refused = (error: string) => ({ kind: 'refused', error });
const UNAVAILABLE = { kind: 'unavailable' };
const oauth = (error: string) => ({ error, error_description: `The code '${CODE}' is of no use.` });

const REPLIES: readonly (readonly [string, Reply, unknown])[] = [
  ['400 invalid_grant', { status: 400, json: oauth('invalid_grant') }, refused('invalid_grant')],
  ['400 with a code and errors', { status: 400, json: { code: 'bad', errors: [CODE] } }, refused('bad')],
  ['400 with a code', { status: 400, json: { code: 'pkce', message: CODE } }, refused('pkce')],
  ['400 with a message alone', { status: 400, json: { message: CODE } }, refused('refused')],
  ['400 sso_required', { status: 400, json: oauth('sso_required') }, refused('sso_required')],
  [
    '403 mfa_challenge',
    { status: 403, json: { code: 'mfa_challenge', message: CODE } },
    refused('mfa_challenge'),
  ],
  ['403 with a code', { status: 403, json: { code: 'denied', message: CODE } }, refused('denied')],
  ['404', { status: 404, json: { message: CODE } }, { kind: 'not-found' }],
  ['422', { status: 422, json: { errors: [{ code: CODE }] } }, refused('refused')],

  ['400 invalid_client', { status: 400, json: oauth('invalid_client') }, UNAVAILABLE],
  ['400 unauthorized_client', { status: 400, json: oauth('unauthorized_client') }, UNAVAILABLE],
  ['400 unsupported_grant_type', { status: 400, json: oauth('unsupported_grant_type') }, UNAVAILABLE],
  ['400 of HTML', { status: 400, html: `<h1>${CODE}</h1>` }, UNAVAILABLE],
  ['401', { status: 401, json: { message: CODE } }, UNAVAILABLE],
  ['403 of HTML', { status: 403, html: `<h1>${CODE}</h1>` }, UNAVAILABLE],
  ['409', { status: 409, json: { message: CODE } }, UNAVAILABLE],
  ['429', { status: 429, json: { message: CODE } }, UNAVAILABLE],
  ['500', { status: 500, json: { message: CODE } }, UNAVAILABLE],
  ['500 that says invalid_grant', { status: 500, json: oauth('invalid_grant') }, UNAVAILABLE],
  ['502 that says sso_required', { status: 502, json: oauth('sso_required') }, UNAVAILABLE],
  ['503 of HTML', { status: 503, html: `<h1>${CODE}</h1>` }, UNAVAILABLE],
  ['500 of null', { status: 500, html: 'null' }, UNAVAILABLE],
  ['200 of HTML', { html: `<h1>${CODE}</h1>` }, UNAVAILABLE],
  [
    '200 of half a JSON',
    { html: `{"${CODE}":`, headers: { 'content-type': 'application/json' } },
    UNAVAILABLE,
  ],
  ['200 of another shape', { json: { code: CODE } }, UNAVAILABLE],
  ['a lost connection', 'hang up', UNAVAILABLE],
];

describe('an error of the SDK', () => {
  it.each(REPLIES)('for %s is told apart', async (_, reply, failure) => {
    expect(classify(await thrownFor(reply))).toEqual(failure);
  });

  it('for no answer within the time-out is no refusal', async () => {
    expect(classify(await thrownFor('hang', 50))).toEqual(UNAVAILABLE);
  });

  it('for a port where nobody listens is no refusal', async () => {
    const gone = await WorkosStub.start();
    const client = gone.client('client_1');
    await gone.close();
    await expect(
      client.sso.getProfileAndToken({ code: CODE, clientId: 'client_1' }).catch(classify),
    ).resolves.toEqual(UNAVAILABLE);
  });

  it.each(REPLIES)('for %s is logged without the code, the secret and the body', async (_, reply) => {
    const error = await thrownFor(reply);
    for (const logged of [redacted(error), unavailable(error)]) {
      const seen = inspect(logged, { depth: 10, showHidden: true });
      expect(seen).not.toContain(CODE);
      expect(seen).not.toContain('sk_test_stub');
    }
  });

  it('keeps its kind, status, code and request id for the log', async () => {
    const headers = { 'x-request-id': 'req_01ABC' };
    const error = await thrownFor({ status: 400, json: oauth('invalid_grant'), headers });
    expect(redacted(error).message).toBe(
      'WorkOS: OauthException status=400 error=invalid_grant requestID=req_01ABC',
    );
  });

  it.each([
    ['12', 12],
    ['0', 1],
    ['3600', 60],
    ['Wed, 21 Oct 2026 07:28:00 GMT', undefined],
    ['soon', undefined],
    ['-5', 1],
  ])('with Retry-After %j asks the caller to wait %p seconds', async (value, seconds) => {
    const error = await thrownFor({ status: 429, json: {}, headers: { 'retry-after': value } });
    const problem = unavailable(error);
    expect([problem.code, problem.options.retryAfter]).toEqual(['upstream_unavailable', seconds]);
  });

  it.each([[undefined], [null], ['text'], [{ status: 400, error: 'invalid_grant' }], [new Error('400')]])(
    'is not %p, which says nothing of the request',
    (value: unknown) => {
      expect(classify(value)).toEqual(UNAVAILABLE);
      expect(redacted(value).message).toMatch(/^WorkOS: \w+$/);
    },
  );
});
