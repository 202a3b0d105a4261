import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createNoopMeter } from '@opentelemetry/api';
import {
  CompactEncrypt,
  SignJWT,
  errors,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  type CryptoKey,
  type JWTHeaderParameters,
} from 'jose';
import { ProblemError } from '../common/problem-error.js';
import { AccessTokenVerifier } from './access-token.js';
import { SigningKeys } from './signing-keys.js';
import { WorkosRequests } from './workos.requests.js';
import { WorkosStub } from './workos.stub.js';

const NOW = new Date('2026-03-01T12:00:00Z');
const SECONDS = NOW.getTime() / 1000;
const CLIENT = 'client_01ABC';
const ISSUERS = ['https://api.workos.com', `https://api.workos.com/user_management/${CLIENT}`];
const JWKS = `/sso/jwks/${CLIENT}`;
const CLAIMS = {
  iss: 'https://api.workos.com',
  sub: 'user_1',
  sid: 'session_1',
  client_id: CLIENT,
  org_id: 'org_1',
  role: 'admin',
  roles: ['admin', 'auditor'],
  permissions: ['reports:read'],
  iat: SECONDS,
  exp: SECONDS + 300,
};

const keys = await generateKeyPair('RS256', { extractable: true });
const foreign = await generateKeyPair('RS256', { extractable: true });
const publicJwk = await exportJWK(keys.publicKey);
const foreignJwk = await exportJWK(foreign.publicKey);
const pem = await exportSPKI(keys.publicKey);

let stub: WorkosStub;
let verifier: AccessTokenVerifier;
beforeAll(async () => {
  stub = await WorkosStub.start();
});
beforeEach(() => {
  stub.received.length = 0;
  now = NOW;
  stub.on(JWKS, { json: { keys: [{ ...publicJwk, kid: 'key-1', alg: 'RS256', use: 'sig' }] } });
  verifier = verifierAt(stub.url);
});
afterAll(() => stub.close());

let now = NOW;
function verifierAt(url: string): AccessTokenVerifier {
  return new AccessTokenVerifier({
    keys: new SigningKeys(new URL(url + JWKS), () => now, new WorkosRequests(createNoopMeter()).fetch),
    issuers: ISSUERS,
    clientId: CLIENT,
    now: () => now,
  });
}

/** Signed by WorkOS, unless another key is given. `undefined` takes a claim or a header parameter away. */
function token(
  claims: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
  key: CryptoKey | Uint8Array = keys.privateKey,
): Promise<string> {
  const protectedHeader = { alg: 'RS256', kid: 'key-1', ...header } as JWTHeaderParameters;
  return new SignJWT({ ...CLAIMS, ...claims }).setProtectedHeader(protectedHeader).sign(key);
}

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const refusal = async (text: string) => verifier.verify(text).catch((error: unknown) => error);

describe('an access token', () => {
  it('of WorkOS for this client is read', async () => {
    expect(await verifier.verify(await token())).toEqual({
      kind: 'user',
      sessionId: 'session_1',
      userId: 'user_1',
      organizationId: 'org_1',
      roles: ['admin', 'auditor'],
      permissions: ['reports:read'],
      impersonatorEmail: null,
      authenticatedAt: null,
      issuedAt: NOW,
      expiresAt: new Date((SECONDS + 300) * 1000),
    });
  });

  it('may name one role, no organization and no permissions', async () => {
    const bare = { org_id: undefined, roles: undefined, permissions: null };
    expect(await verifier.verify(await token(bare))).toMatchObject({
      organizationId: null,
      roles: ['admin'],
      permissions: [],
    });
    expect(await verifier.verify(await token({ ...bare, role: null }))).toMatchObject({ roles: [] });
  });

  it.each<[string, Record<string, unknown>]>([
    ['another issuer', { iss: 'https://evil.com' }],
    ['an issuer that begins alike', { iss: 'https://api.workos.com.evil.com' }],
    ['the issuer of another client', { iss: 'https://api.workos.com/user_management/client_02' }],
    ['several issuers', { iss: ISSUERS }],
    ['no issuer', { iss: undefined }],
    ['another client id', { client_id: 'client_02XYZ' }],
    ['a list of client ids', { client_id: [CLIENT] }],
    ['an empty client id', { client_id: '' }],
    ['another audience', { aud: 'client_02XYZ' }],
    ['other audiences', { aud: ['https://api.acme.com', 'client_02XYZ'] }],
    ['an empty audience', { aud: '' }],
    ['no audience at all in a list of them', { aud: [] }],
    ['an audience that is null', { aud: null }],
    ['no subject', { sub: undefined }],
    ['a subject that is no text', { sub: 1 }],
    ['no session', { sid: undefined }],
    ['a session that is no text', { sid: { $ne: null } }],
    ['an organization that is no text', { org_id: ['org_1'] }],
    ['roles that are no list', { roles: 'admin' }],
    ['permissions that are no texts', { permissions: [{}] }],
    ['no expiry', { exp: undefined }],
    ['an expiry that is no number', { exp: '9999999999' }],
    ['no time of issue', { iat: undefined }],
    ['a time of issue that is no number', { iat: 'now' }],
    ['an end long ago', { exp: SECONDS - 3600 }],
    ['an end just beyond what clocks may differ', { exp: SECONDS - 30 }],
    ['a beginning just beyond what clocks may differ', { nbf: SECONDS + 31 }],
    ['an issue just beyond what clocks may differ', { iat: SECONDS + 31 }],
    ['an issue far in the future', { iat: SECONDS + 86_400, exp: SECONDS + 90_000 }],
  ])('with %s is refused', async (_, claims) => {
    expect(await refusal(await token(claims))).toBeInstanceOf(errors.JOSEError);
  });

  it.each<[string, Record<string, unknown>]>([
    ['an end that clocks may differ by', { exp: SECONDS - 29 }],
    ['a beginning that clocks may differ by', { nbf: SECONDS + 30 }],
    ['an issue that clocks may differ by', { iat: SECONDS + 30 }],
    ['the other issuer', { iss: ISSUERS[1] }],
    ['no client id, which WorkOS does not promise', { client_id: undefined }],
    ['our client for an audience', { aud: CLIENT }],
    ['our client among its audiences', { aud: ['https://api.acme.com', CLIENT] }],
  ])('with %s is read', async (_, claims) => {
    expect(await verifier.verify(await token(claims))).toMatchObject({ userId: 'user_1' });
  });

  it('that came with a code is for us, whatever audience a template of the customer names', async () => {
    const text = await token({ aud: 'https://api.acme.com' });
    expect(await verifier.verifyUser(text)).toMatchObject({ userId: 'user_1' });
  });

  it.each<[string, Record<string, unknown>]>([
    ['under the name of our key', {}],
    ['with a key in its header', { jwk: foreignJwk }],
    ['with the address of a key in its header', { jku: 'http://127.0.0.1:9/jwks' }],
    ['with the address of a certificate in its header', { x5u: 'http://127.0.0.1:9/cert', x5c: ['AAAA'] }],
    ['without the name of a key', { kid: undefined }],
  ])('that somebody else signed is refused %s', async (_, header) => {
    const forged = await token({}, header, foreign.privateKey);
    expect(await refusal(forged)).toBeInstanceOf(errors.JOSEError);
  });

  it('with the address of a key in its header makes nobody ask there', async () => {
    stub.on('/evil', { json: { keys: [{ ...foreignJwk, kid: 'evil', alg: 'RS256' }] } });
    const forged = await token({}, { kid: 'evil', jku: `${stub.url}/evil` }, foreign.privateKey);
    expect(await refusal(forged)).toBeInstanceOf(errors.JWKSNoMatchingKey);
    expect(stub.received.map(({ path }) => path)).not.toContain('/evil');
  });

  it.each(['../../evil', 'key-1\0', "' or 1=1", '', '__proto__', 'key-2'])(
    'signed by a key of the name %j is refused',
    async (kid) => {
      expect(await refusal(await token({}, { kid }, foreign.privateKey))).toBeInstanceOf(errors.JOSEError);
    },
  );

  it.each(['HS256', 'HS384', 'HS512'])(
    'signed by %s with the public key for a secret is refused',
    async (alg) => {
      const secrets = [pem, `${pem}\n`, pem.trim(), JSON.stringify(publicJwk), String(publicJwk.n)];
      for (const secret of secrets) {
        const signed = `${part({ alg, kid: 'key-1' })}.${part(CLAIMS)}`;
        const mac = createHmac(alg.replace('HS', 'sha'), secret).update(signed).digest('base64url');
        expect(await refusal(`${signed}.${mac}`)).toBeInstanceOf(errors.JOSEError);
      }
    },
  );

  it.each(['PS256', 'RS384', 'RS512', 'PS512'])('signed by our own key with %s is refused', async (alg) => {
    const family = alg.startsWith('PS') ? 'RSA-PSS' : 'RSASSA-PKCS1-v1_5';
    const jwk = await exportJWK(keys.privateKey);
    const algorithm = { name: family, hash: `SHA-${alg.slice(2)}` };
    const key = await crypto.subtle.importKey('jwk', jwk, algorithm, false, ['sign']);
    expect(await refusal(await token({}, { alg }, key))).toBeInstanceOf(errors.JOSEAlgNotAllowed);
  });

  it.each(['none', 'None', 'NONE', 'nOnE', '', 'RS256 ', 'rs256'])(
    'with the algorithm %j is refused',
    async (alg) => {
      const [, payload, signature] = (await token()).split('.');
      for (const end of ['', signature]) {
        const forged = [part({ alg, kid: 'key-1' }), payload, end].join('.');
        expect(await refusal(forged)).toBeInstanceOf(errors.JOSEError);
      }
    },
  );

  it('whose claims were changed is refused', async () => {
    const [header, , signature] = (await token()).split('.');
    const forged = [header, part({ ...CLAIMS, sub: 'user_2' }), signature].join('.');
    expect(await refusal(forged)).toBeInstanceOf(errors.JWSSignatureVerificationFailed);
  });

  it('with a critical parameter that nobody knows is refused', async () => {
    const [, payload, signature] = (await token()).split('.');
    const header = part({ alg: 'RS256', kid: 'key-1', crit: ['acme'], acme: true });
    expect(await refusal([header, payload, signature].join('.'))).toBeInstanceOf(errors.JOSEError);
  });

  it('that is encrypted for our public key is refused', async () => {
    const algorithm = { name: 'RSA-OAEP', hash: 'SHA-256' };
    const key = await crypto.subtle.importKey('jwk', { ...publicJwk, alg: 'RSA-OAEP-256' }, algorithm, true, [
      'encrypt',
    ]);
    const jwe = await new CompactEncrypt(Buffer.from(await token()))
      .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM', kid: 'key-1' })
      .encrypt(key);
    expect(await refusal(jwe)).toBeInstanceOf(errors.JOSEError);
  });

  it.each(['', '.', '..', 'a.b.c', 'null', '{}', `${part({})}.${part({})}.`, 'ü.ü.ü', 'x'.repeat(100_000)])(
    'is more than text, case %#',
    async (text) => {
      expect(await refusal(text)).toBeInstanceOf(errors.JOSEError);
      expect(stub.received).toEqual([]);
    },
  );
});

describe('the keys of access tokens', () => {
  it('are asked for once, however many tokens come at once', async () => {
    const text = await token();
    await Promise.all(Array.from({ length: 20 }, () => verifier.verify(text)));
    expect(stub.received.map(({ path }) => path)).toEqual([JWKS]);
  });

  it('may not be secret ones or of another kind', async () => {
    const secret = Buffer.from('a secret of at least thirty-two bytes');
    const oct = { kty: 'oct', kid: 'key-1', k: secret.toString('base64url') };
    stub.on(JWKS, { json: { keys: [oct, { ...oct, alg: 'HS256' }] } });
    expect(await refusal(await token({}, { alg: 'HS256' }, secret))).toBeInstanceOf(errors.JOSEError);
  });

  it.each([
    ['an outage', { status: 503, html: 'unavailable' }],
    ['a missing page', { status: 404, json: {} }],
    ['a page of HTML', { html: '<h1>Welcome</h1>' }],
    ['no list of keys', { json: { keys: 'none' } }],
    ['a redirect', { status: 302, headers: { location: '/evil' } }],
    ['a lost connection', 'hang up'],
  ] as const)('that cannot be read for %s make no token good or bad: it cannot be said', async (_, reply) => {
    stub.on(JWKS, reply);
    stub.on('/evil', { json: { keys: [{ ...publicJwk, kid: 'key-1', alg: 'RS256' }] } });
    const error = await refusal(await token());
    expect(error).toBeInstanceOf(ProblemError);
    expect(error).toMatchObject({ code: 'upstream_unavailable' });
  });
});
