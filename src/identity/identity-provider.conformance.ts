import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ProblemError } from '../common/problem-error.js';
import type {
  AuthorizationRequest,
  ExternalIdentity,
  ExternalSession,
  IdentityProvider,
  SignInTarget,
} from './identity-provider.port.js';

/** Who comes back from the upstream. An adapter may leave out what its API does not say. */
export interface Person {
  readonly email: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly organizationId: string | null;
  readonly roles: readonly string[];
}

/** What an upstream does instead of signing somebody in. */
export type Trouble =
  | 'hang'
  | 'hang up'
  | {
      readonly status: number;
      readonly json?: unknown;
      readonly html?: string;
      readonly retryAfter?: string;
    };

/** What an adapter brings, so that this suite can play the upstream and look at what it was sent. */
export interface Upstream {
  readonly provider: IdentityProvider;
  /** Over the same upstream, and gives up after 50 ms. */
  readonly impatient: IdentityProvider;
  readonly clientId: string;
  readonly redirectUri: string;
  /** Query parameters in which a target stands. */
  readonly parameters: Readonly<Record<'organization' | 'connection', string>>;
  /** A session that can be ended at the upstream. */
  readonly session: ExternalSession;
  /** From now on every code and every other call is good for this person. */
  grant(person: Person): Promise<void>;
  /** From now on every call ends like this. */
  fail(trouble: Trouble): void;
  /** What was sent when a code was redeemed, each time. */
  redeemed(): { readonly code: string | undefined; readonly verifier: string | undefined }[];
  close(): Promise<void>;
}

const CODE = '01CANARYC0DE';
const VERIFIER = 'canary-verifier-0123456789-0123456789-0123456789';
const REQUEST: Omit<AuthorizationRequest, 'target'> = {
  state: 'a1b2c3d4.state&x=%20',
  codeChallenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
};
const ADA: Person = {
  email: 'Ada@Acme.com',
  firstName: 'Ada',
  lastName: null,
  organizationId: 'org_01HGATEH0VSEACME0000000001',
  roles: ['admin', 'auditor'],
};
const EMPTY: ExternalSession = { sessionId: null, profileId: null, connectionType: null };

const oauth = (error: string) => ({ error, error_description: `The code '${CODE}' is of no use.` });

const FINAL: readonly (readonly [string, Trouble])[] = [
  ['a code that was used or is unknown', { status: 400, json: oauth('invalid_grant') }],
  ['a request that makes no sense', { status: 400, json: oauth('invalid_request') }],
  ['a refusal without a name', { status: 400, json: { message: CODE } }],
  ['fields that are refused', { status: 422, json: { message: CODE, errors: [] } }],
];

const TRANSIENT: readonly (readonly [string, Trouble])[] = [
  ['a client id that is refused', { status: 400, json: oauth('invalid_client') }],
  ['a client that may not', { status: 400, json: oauth('unauthorized_client') }],
  ['an API key that is refused', { status: 401, json: { message: CODE } }],
  ['too many requests', { status: 429, json: { message: CODE } }],
  ['a failure', { status: 500, json: { message: CODE } }],
  ['a failure that looks like a refusal', { status: 502, json: oauth('invalid_grant') }],
  ['a page of HTML', { status: 503, html: `<h1>${CODE}</h1>` }],
  ['a page of HTML that says all is well', { status: 200, html: `<h1>${CODE}</h1>` }],
  ['an answer of another shape', { status: 200, json: { code: CODE } }],
  ['a lost connection', 'hang up'],
];

/** What every adapter behind `IdentityProvider` must do. */
export function itIsAnIdentityProvider(start: () => Promise<Upstream>): void {
  let upstream: Upstream;
  let provider: IdentityProvider;
  beforeEach(async () => {
    upstream = await start();
    ({ provider } = upstream);
  });
  afterEach(() => upstream.close());

  const authorize = (target: SignInTarget, more: Partial<AuthorizationRequest> = {}) =>
    new URL(provider.authorizationUrl({ ...REQUEST, ...more, target }));

  async function exchanged(): Promise<ExternalIdentity> {
    const result = await provider.exchange(CODE, VERIFIER);
    if (result.kind !== 'identity') throw new Error(`Not an identity: ${result.kind}`);
    return result.identity;
  }

  async function failure(by = provider): Promise<ProblemError> {
    const error = await by.exchange(CODE, VERIFIER).catch((thrown: unknown) => thrown);
    if (!(error instanceof ProblemError)) throw new Error('Not a ProblemError', { cause: error });
    return error;
  }

  describe('the address that the browser is sent to', () => {
    it.each<[SignInTarget, string]>([
      [{ kind: 'organization', organizationId: 'org_test_idp' }, 'organization'],
      [{ kind: 'connection', connectionId: 'conn_01HGATEH0VSEACME0000000001' }, 'connection'],
      [{ kind: 'provider', provider: 'GoogleOAuth' }, 'provider'],
    ])('names %j and nothing else, this client, this flow and its challenge', (target, kind) => {
      const names = { ...upstream.parameters, provider: 'provider' } as Record<string, string>;
      const { searchParams } = authorize(target);
      const value = Object.values(target).at(-1);
      expect(Object.fromEntries(searchParams)).toEqual({
        [names[kind] ?? '']: value,
        client_id: upstream.clientId,
        redirect_uri: upstream.redirectUri,
        response_type: 'code',
        state: REQUEST.state,
        code_challenge: REQUEST.codeChallenge,
        code_challenge_method: 'S256',
      });
    });

    it('carries a login hint where there is one', () => {
      const hinted = authorize(
        { kind: 'organization', organizationId: 'org_1' },
        { loginHint: 'a+b@acme.com' },
      );
      expect(hinted.searchParams.get('login_hint')).toBe('a+b@acme.com');
    });

    it('is the hosted page by default, where there is one', () => {
      if (provider.hasHostedPage) {
        expect(authorize({ kind: 'default' }).searchParams.get('provider')).toBe('authkit');
      } else expect(() => authorize({ kind: 'default' })).toThrow(TypeError);
    });

    it('is made without a request, and without a secret', () => {
      const url = authorize({ kind: 'provider', provider: 'GoogleOAuth' });
      expect(url.href).not.toContain('sk_test');
      expect(upstream.redeemed()).toEqual([]);
    });
  });

  describe('redeeming a code', () => {
    it('sends it once, with the verifier of the flow', async () => {
      await upstream.grant(ADA);
      await exchanged();
      expect(upstream.redeemed()).toEqual([{ code: CODE, verifier: VERIFIER }]);
    });

    it('sends no verifier for a sign-in that the identity provider began', async () => {
      await upstream.grant(ADA);
      await provider.exchange(CODE, null);
      expect(upstream.redeemed()).toEqual([{ code: CODE, verifier: undefined }]);
    });

    it('tells who it is, in the very letters that came', async () => {
      await upstream.grant(ADA);
      expect(await exchanged()).toMatchObject(ADA);
    });

    it('tells of somebody without an organization, a name or a role', async () => {
      const bare = { ...ADA, firstName: null, organizationId: null, roles: [] };
      await upstream.grant(bare);
      expect(await exchanged()).toMatchObject(bare);
    });

    it.each(FINAL)('ends the sign-in on %s', async (_, trouble) => {
      upstream.fail(trouble);
      expect((await failure()).code).toBe('invalid_code');
    });

    it.each(TRANSIENT)('says nothing of the person on %s', async (_, trouble) => {
      upstream.fail(trouble);
      const { code, status } = await failure();
      expect([code, status]).toEqual(['upstream_unavailable', 503]);
    });

    it('says nothing of the person when no answer comes in time', async () => {
      upstream.fail('hang');
      expect((await failure(upstream.impatient)).code).toBe('upstream_unavailable');
    });

    it('passes on how long to wait', async () => {
      upstream.fail({ status: 429, json: {}, retryAfter: '7' });
      expect((await failure()).options.retryAfter).toBe(7);
    });

    it.each([...FINAL, ...TRANSIENT])('keeps code, verifier and key to itself on %s', async (_, trouble) => {
      upstream.fail(trouble);
      const seen = inspect(await failure(), { depth: 10, showHidden: true });
      expect(seen).not.toMatch(/CANARY|canary|sk_test/);
    });
  });

  describe('ending a session', () => {
    it('has nowhere to go for a session that the upstream does not know', async () => {
      expect(await provider.logoutUrl(EMPTY, 'https://app.acme.com/bye')).toBeNull();
    });

    it('goes to the upstream for one that it knows', async () => {
      await upstream.grant(ADA);
      const url = await provider.logoutUrl(upstream.session, 'https://app.acme.com/bye');
      expect(new URL(url ?? '').pathname).toMatch(/logout/);
    });

    it.each([...FINAL, ...TRANSIENT])('never throws, also on %s', async (_, trouble) => {
      await upstream.grant(ADA);
      const identity = await exchanged();
      upstream.fail(trouble);
      await expect(
        provider.logoutUrl(upstream.session, 'https://app.acme.com/bye'),
      ).resolves.not.toBeUndefined();
      await expect(provider.discard(identity)).resolves.toBeUndefined();
    });
  });
}
