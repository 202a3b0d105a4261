import { ACME } from './stack.js';
import type { WireRequest } from './wire.js';

const JSON_TYPE = { 'content-type': 'application/json' };
const LONG = 'a'.repeat(5000);
const KIB = 1024;

/** What it is, the target, the expected status and code, and what else is sent. */
export type Case = [what: string, target: string, status: number, code: string | null, rest?: WireRequest];

export const login: Case[] = [
  ['email twice', '/auth/login?email=a@acme.com&email=b@acme.com', 400, 'invalid_request'],
  ['return_to twice', '/auth/login?return_to=/a&return_to=/b', 400, 'invalid_request'],
  [
    'two selectors',
    `/auth/login?email=ada@acme.com&organization=${ACME.organization}`,
    400,
    'invalid_request',
  ],
  [
    'both spellings of the connection',
    `/auth/login?connection=${ACME.connection}&connection_id=${ACME.connection}`,
    400,
    'invalid_request',
  ],
  [
    'a path in place of an id',
    '/auth/login?organization=org_..%2F..%2Fusers%2Fuser_1',
    400,
    'invalid_request',
  ],
  [
    'an id of another alphabet',
    '/auth/login?organization=org_01HGATEH0VSEACMEILOU000001',
    400,
    'invalid_request',
  ],
  [
    'an id that is too short',
    '/auth/login?connection=conn_01HGATEH0VSEACME000000001',
    400,
    'invalid_request',
  ],
  ['an id in lower case', `/auth/login?connection=${ACME.connection.toLowerCase()}`, 400, 'invalid_request'],
  ['an id with a line end', `/auth/login?organization=${ACME.organization}%0A`, 400, 'invalid_request'],
  ['the id of something else', `/auth/login?organization=${ACME.connection}`, 400, 'invalid_request'],
  ['an empty id', '/auth/login?organization=', 400, 'invalid_request'],
  ['a NUL in an id', '/auth/login?organization=org_%00', 400, 'invalid_request'],
  ['a provider that nobody knows', '/auth/login?provider=EvilOAuth', 400, 'invalid_request'],
  ['a name of the prototype as provider', '/auth/login?provider=__proto__', 400, 'invalid_request'],
  ['constructor as provider', '/auth/login?provider=constructor', 400, 'invalid_request'],
  ['AuthKit as provider', '/auth/login?provider=authkit', 400, 'invalid_request'],
  ['a list in brackets', '/auth/login?email[]=a@acme.com&email[]=b@acme.com', 302, null],
  ['a name of the prototype as parameter', '/auth/login?__proto__[email]=a&constructor=b', 302, null],
  ['an e-mail that is too long', `/auth/login?email=${LONG}@acme.com`, 400, 'invalid_request'],
  ['no e-mail', '/auth/login?email=', 400, 'invalid_email'],
  ['an e-mail without a domain', '/auth/login?email=ada', 400, 'invalid_email'],
  ['an e-mail with two @', '/auth/login?email=ada@evil.com@acme.com', 400, 'invalid_email'],
  ['an e-mail with a NUL', '/auth/login?email=ada%00@acme.com', 400, 'invalid_email'],
  ['an e-mail with a NUL in its domain', '/auth/login?email=ada@acme.com%00.evil.com', 400, 'invalid_email'],
  ['an e-mail with line ends', '/auth/login?email=ada@acme.com%0d%0aSet-Cookie:x=1', 400, 'invalid_email'],
  ['an e-mail of bytes that are no UTF-8', '/auth/login?email=%ff%fe@acme.com', 302, null],
  ['a quote and SQL as e-mail', "/auth/login?email=a'%3Bdrop%20table%20users@acme.com", 400, 'invalid_email'],
  ['an e-mail at an address', '/auth/login?email=ada@127.0.0.1', 400, 'invalid_email'],
  ['an e-mail at a domain of one label', '/auth/login?email=ada@localhost', 400, 'invalid_email'],
  ['a domain of the prototype', '/auth/login?email=ada@__proto__', 400, 'invalid_email'],
  ['a broken percent sign in an e-mail', '/auth/login?email=ada%@acme.com', 302, null],
  ['return_to another host', '/auth/login?return_to=https://evil.example/', 400, 'invalid_return_to'],
  ['return_to a host without scheme', '/auth/login?return_to=//evil.example', 400, 'invalid_return_to'],
  ['return_to with a backslash', '/auth/login?return_to=/%5Cevil.example', 400, 'invalid_return_to'],
  ['return_to a script', '/auth/login?return_to=javascript:alert(1)', 400, 'invalid_return_to'],
  ['return_to that is too long', `/auth/login?return_to=/${LONG}`, 400, 'invalid_return_to'],
  ['return_to with a NUL', '/auth/login?return_to=/a%00b', 400, 'invalid_return_to'],
  ['return_to with line ends', '/auth/login?return_to=/%0d%0aLocation:x', 400, 'invalid_return_to'],
];

export const callback: Case[] = [
  ['nothing at all', '/auth/callback', 400, 'missing_code'],
  ['state twice', '/auth/callback?code=x&state=a&state=b', 400, 'invalid_request'],
  ['code twice', '/auth/callback?code=x&code=y&state=a', 400, 'invalid_request'],
  ['an empty state', '/auth/callback?code=x&state=', 400, 'invalid_state'],
  ['a state of nonsense', '/auth/callback?code=x&state=%00%ff..', 400, 'invalid_state'],
  ['a state of the prototype', '/auth/callback?code=x&state=__proto__', 400, 'invalid_state'],
  ['a state that is too long', `/auth/callback?code=x&state=${LONG}`, 400, 'invalid_request'],
  ['a code that is too long', `/auth/callback?code=${LONG}`, 400, 'invalid_request'],
  ['a code with white space', '/auth/callback?code=a%20b', 400, 'invalid_code'],
  ['a code with a NUL', '/auth/callback?code=a%00b', 400, 'invalid_code'],
  ['a code that WorkOS does not know', '/auth/callback?code=nonsense', 400, 'invalid_code'],
  ['an error of nonsense', '/auth/callback?error=%3Cscript%3E&error_description=%00', 403, 'idp_error'],
  ['an error of the prototype', '/auth/callback?error=constructor', 403, 'idp_error'],
  ['an error that is too long', `/auth/callback?error=${LONG}`, 400, 'invalid_request'],
  [
    'an IdP-initiated error with a bad id',
    '/auth/callback?error=idp_initiated_sso_disabled&connection_id=../x',
    403,
    'idp_error',
  ],
];

export const cookies: Case[] = [
  ['garbage', '/v1/me', 401, 'unauthenticated', { headers: { cookie: 'session=%%%;;;=;session' } }],
  ['a NUL', '/v1/me', 401, 'unauthenticated', { headers: { cookie: 'session=%00%00' } }],
  ['12 KiB', '/v1/me', 401, 'unauthenticated', { headers: { cookie: `session=${'x'.repeat(12 * KIB)}` } }],
  ['3000 of them', '/v1/me', 401, 'unauthenticated', { headers: { cookie: 'a=1; '.repeat(2500) } }],
  [
    'a name of the prototype',
    '/v1/me',
    401,
    'unauthenticated',
    { headers: { cookie: '__proto__=session; session=__proto__' } },
  ],
  [
    'a bearer of nonsense',
    '/v1/me',
    401,
    'unauthenticated',
    { headers: { authorization: 'Bearer \u00ff.. ' } },
  ],
  ['another scheme', '/v1/me', 401, 'unauthenticated', { headers: { authorization: 'Basic YTpi' } }],
];

export const paths: Case[] = [
  ['nothing there', '/nothing', 404, 'not_found'],
  ['nothing below /v1', '/v1/nothing', 404, 'not_found'],
  ['upper case', '/V1/ME', 401, 'unauthenticated'],
  ['a slash at the end', '/v1/me/', 401, 'unauthenticated'],
  ['a double slash', '//v1/me', 404, 'not_found'],
  ['a double slash inside', '/v1//me', 404, 'not_found'],
  ['a semicolon', '/v1/me;a=b', 404, 'not_found'],
  ['an encoded letter', '/v1/%6de', 404, 'not_found'],
  ['an encoded slash', '/v1%2fme', 404, 'not_found'],
  ['dots', '/health/../v1/me', 404, 'not_found'],
  ['encoded dots', '/health/%2e%2e/v1/me', 404, 'not_found'],
  ['a file outside', '/assets/..%2f..%2f..%2fpackage.json', 404, 'not_found'],
  ['a broken percent sign', '/v1/sessions/%zz', 400, 'invalid_request'],
  ['a NUL', '/%00', 404, 'not_found'],
  ['bytes that are no UTF-8', '/%c0%ae', 400, 'invalid_request'],
  ['an absolute target', 'http://evil.example/v1/me', 401, 'unauthenticated'],
  ['a long path', `/v1/${LONG}`, 404, 'not_found'],
];

export const methods: Case[] = [
  ['GET of logout', '/auth/logout', 405, 'method_not_allowed'],
  ['PUT of logout', '/auth/logout', 405, 'method_not_allowed', { method: 'PUT' }],
  ['POST of login', '/auth/login', 404, 'not_found', { method: 'POST' }],
  ['POST of the callback', '/auth/callback?code=x', 404, 'not_found', { method: 'POST' }],
  ['DELETE of me', '/v1/me', 404, 'not_found', { method: 'DELETE' }],
  ['TRACE of me', '/v1/me', 404, 'not_found', { method: 'TRACE' }],
  ['PROPFIND of me', '/v1/me', 404, 'not_found', { method: 'PROPFIND' }],
];

const choice = (body: string, type = 'application/json'): WireRequest => ({
  method: 'POST',
  headers: { 'content-type': type },
  body,
});
export const choices: Case[] = [
  ['no body', '/auth/organization', 400, 'invalid_request', { method: 'POST' }],
  [
    'an empty form',
    '/auth/organization',
    400,
    'invalid_request',
    choice('', 'application/x-www-form-urlencoded'),
  ],
  [
    'a state twice',
    '/auth/organization',
    400,
    'invalid_request',
    choice(`state=a&state=b&organization_id=${ACME.organization}`, 'application/x-www-form-urlencoded'),
  ],
  [
    'a bad id',
    '/auth/organization',
    400,
    'invalid_request',
    choice('{"state":"a","organization_id":"org_.."}'),
  ],
  [
    'a bad state',
    '/auth/organization',
    400,
    'invalid_state',
    choice(`{"state":"a","organization_id":"${ACME.organization}"}`),
  ],
];

/** As somebody who is signed in and may create invoices. */
export const bodies: Case[] = [
  ['no JSON', '/v1/invoices', 400, 'invalid_request', { headers: JSON_TYPE, body: '{"customer":' }],
  ['a bare word', '/v1/invoices', 400, 'invalid_request', { headers: JSON_TYPE, body: 'null' }],
  ['a list', '/v1/invoices', 400, 'invalid_request', { headers: JSON_TYPE, body: '[]' }],
  ['nothing', '/v1/invoices', 400, 'invalid_request', { headers: JSON_TYPE, body: '' }],
  [
    '101 KiB',
    '/v1/invoices',
    413,
    'payload_too_large',
    { headers: JSON_TYPE, body: JSON.stringify({ customer: 'a'.repeat(101 * KIB) }) },
  ],
  [
    'text',
    '/v1/invoices',
    415,
    'unsupported_media_type',
    { headers: { 'content-type': 'text/plain' }, body: '{}' },
  ],
  [
    'a form',
    '/v1/invoices',
    415,
    'unsupported_media_type',
    { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'a=b' },
  ],
  [
    'no content type',
    '/v1/invoices',
    415,
    'unsupported_media_type',
    { headers: { 'content-length': '2' }, body: '{}' },
  ],
  [
    'another charset',
    '/v1/invoices',
    415,
    'unsupported_media_type',
    { headers: { 'content-type': 'application/json; charset=iso-8859-1' }, body: '{}' },
  ],
  [
    'an encoding that nobody knows',
    '/v1/invoices',
    415,
    'unsupported_media_type',
    { headers: { ...JSON_TYPE, 'content-encoding': 'rot13' }, body: '{}' },
  ],
  [
    'a broken gzip',
    '/v1/invoices',
    400,
    'invalid_request',
    { headers: { ...JSON_TYPE, 'content-encoding': 'gzip' }, body: '{}' },
  ],
  [
    '__proto__',
    '/v1/invoices',
    400,
    'invalid_request',
    { headers: JSON_TYPE, body: '{"__proto__":{"customer":"a","amountCents":1}}' },
  ],
  [
    'wrong types',
    '/v1/invoices',
    400,
    'invalid_request',
    { headers: JSON_TYPE, body: '{"customer":{},"amountCents":"1"}' },
  ],
  [
    'unknown members',
    '/v1/invoices',
    400,
    'invalid_request',
    { headers: JSON_TYPE, body: '{"customer":"a","amountCents":1,"organization_id":"x"}' },
  ],
  [
    'half a cent',
    '/v1/invoices',
    400,
    'invalid_request',
    { headers: JSON_TYPE, body: '{"customer":"a","amountCents":1.5}' },
  ],
  [
    'more than fits',
    '/v1/invoices',
    400,
    'invalid_request',
    { headers: JSON_TYPE, body: '{"customer":"a","amountCents":1e300}' },
  ],
  [
    'a NUL',
    '/v1/invoices',
    400,
    'invalid_request',
    { headers: JSON_TYPE, body: '{"customer":"a\\u0000b","amountCents":1}' },
  ],
  [
    'brackets without end',
    '/v1/invoices',
    400,
    'invalid_request',
    { headers: JSON_TYPE, body: '['.repeat(90 * KIB) },
  ],
];

export const lists: Case[] = [
  ['limit 0', '/v1/sessions?limit=0', 400, 'invalid_request'],
  ['limit 101', '/v1/sessions?limit=101', 400, 'invalid_request'],
  ['a limit of letters', '/v1/sessions?limit=many', 400, 'invalid_request'],
  ['limit twice', '/v1/sessions?limit=1&limit=2', 400, 'invalid_request'],
  ['a cursor of nonsense', '/v1/sessions?cursor=%00', 400, 'invalid_request'],
  [
    'a cursor of SQL',
    `/v1/sessions?cursor=${Buffer.from("x' or 1=1 --").toString('base64url')}`,
    400,
    'invalid_request',
  ],
  ['a parameter that nobody knows', '/v1/sessions?user=ada', 400, 'invalid_request'],
  ['an id of nonsense', '/v1/invoices/nonsense', 404, 'not_found'],
  ['an id with a NUL', '/v1/invoices/%00', 400, 'invalid_request'],
  ['an id that is too long', `/v1/invoices/${LONG}`, 404, 'not_found'],
  ['a session id with a NUL', '/v1/sessions/%00', 400, 'invalid_request', { method: 'DELETE' }],
  [
    'a session id of bytes that are no UTF-8',
    '/v1/sessions/%ff',
    400,
    'invalid_request',
    { method: 'DELETE' },
  ],
];
