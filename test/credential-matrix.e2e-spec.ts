import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { isDeepStrictEqual } from 'node:util';
import { tokenHashOf } from '../src/sessions/session-issuer.js';
import { call, machineToken, newApiKey, newMachine, signed, userTokens } from './support/credentials.js';
import { ACME, GLOBEX, Stack } from './support/stack.js';
import { until } from './support/until.js';

const KINDS = [
  'a session cookie',
  "a person's access token",
  'an M2M token',
  "an organization's API key",
  "a person's API key",
] as const;
type Kind = (typeof KINDS)[number];
type OfEachKind<Value> = Readonly<Record<Kind, Value>>;

/** In this order: the later ones leave something behind. */
const STATES = [
  'that is valid',
  'that is malformed',
  'that has expired',
  'that was revoked',
  'at the door of another tenant',
  'of or by a person shut out by policy',
  'of an organization that was deleted',
  'that is new while WorkOS cannot be asked',
] as const;
type State = (typeof STATES)[number];

const everybody = (status: number): OfEachKind<number> => ({
  'a session cookie': status,
  "a person's access token": status,
  'an M2M token': status,
  "an organization's API key": status,
  "a person's API key": status,
});

/** What every node answers. A kind or a state without a cell does not compile. */
const EXPECTED: Readonly<Record<State, OfEachKind<number>>> = {
  'that is valid': everybody(200),
  'that is malformed': everybody(401),
  'that has expired': everybody(401),
  // WorkOS takes no M2M token back, not with its application either: it ends with its hour or its organization.
  'that was revoked': { ...everybody(401), 'an M2M token': 200 },
  'at the door of another tenant': everybody(404),
  // A policy shuts people out, and what is theirs.
  'of or by a person shut out by policy': {
    ...everybody(401),
    'an M2M token': 200,
    "an organization's API key": 200,
  },
  'of an organization that was deleted': everybody(401),
  // A session is asked of nobody but the store.
  'that is new while WorkOS cannot be asked': { ...everybody(503), 'a session cookie': 200 },
};

/** For those that end by an event; every other answer must be right at once. Milliseconds. */
const AT_ONCE = 5000;
const ENDS_BY_EVENT: ReadonlySet<State> = new Set([
  'that was revoked',
  'of or by a person shut out by policy',
  'of an organization that was deleted',
]);

const ANSWERS: Readonly<Record<number, object>> = {
  200: { code: undefined, challenge: null, retries: false },
  401: { code: 'unauthenticated', challenge: 'Bearer', retries: false },
  404: { code: 'not_found', challenge: null, retries: false },
  503: { code: 'upstream_unavailable', challenge: null, retries: true },
};

const READ = ['invoices:read'];

const personOf = (token: string) => String(decodeJwt(token).sub);

/** Another character, far enough from the end that no decoder may pass over it. */
const spoilt = (text: string) => `${text.slice(0, -10)}${text.at(-10) === 'A' ? 'B' : 'A'}${text.slice(-9)}`;

describe('a credential', () => {
  let stack: Stack;
  let nodes: Stack[];
  let acme: OfEachKind<string>;
  let globex: OfEachKind<string>;
  let guest: OfEachKind<string>;
  let whileDown: OfEachKind<string>;
  let invoiceOfGlobex: string;

  beforeAll(async () => {
    stack = await Stack.startHearing('authkit');
    nodes = [stack, await stack.addNode()];
    acme = await credentialsOf('ada@acme.com', ACME.organization);
    globex = await credentialsOf('grace@globex.com', GLOBEX.organization);
    await guests('allow');
    guest = await credentialsOf('pat@partner.example', ACME.organization);
    const made = await ask(stack, 'a session cookie', globex['a session cookie'], '/v1/invoices', {
      customer: 'Hopper',
      amountCents: 1,
    });
    invoiceOfGlobex = `/v1/invoices/${String(made.body?.['id'])}`;
  });
  afterAll(async () => {
    await nodes[1]?.stop();
    await stack.stop();
  });

  async function credentialsOf(email: string, organizationId: string): Promise<OfEachKind<string>> {
    const cookie = await cookieOf(email, organizationId);
    return { 'a session cookie': cookie, ...(await bearersOf(email, organizationId)) };
  }

  async function cookieOf(email: string, organizationId: string): Promise<string> {
    const browser = await stack.signedIn(email, `/auth/login?organization=${organizationId}`);
    return browser.cookie(stack.url, 'session') ?? '';
  }

  async function bearersOf(email: string, organizationId: string) {
    const { accessToken } = await userTokens(stack, email, organizationId);
    const { client } = await newMachine(stack, { organizationId, permissions: READ });
    const key = { organizationId, permissions: READ };
    return {
      "a person's access token": accessToken,
      'an M2M token': await machineToken(stack, undefined, client),
      "an organization's API key": (await newApiKey(stack, key)).value,
      "a person's API key": (await newApiKey(stack, { ...key, userId: personOf(accessToken) })).value,
    };
  }

  function ask(site: Stack, kind: Kind, credential: string, path = '/v1/invoices', json?: unknown) {
    const init = json === undefined ? {} : { method: 'POST', json };
    const headers = { origin: stack.url, cookie: `session=${credential}` };
    return kind === 'a session cookie'
      ? call(site, null, path, { ...init, headers })
      : call(site, credential, path, init);
  }

  async function answers(kind: Kind, credential: string, path?: string): Promise<unknown[]> {
    const all = await Promise.all(nodes.map((node) => ask(node, kind, credential, path)));
    return all.map(({ status, headers, body }) => ({
      status,
      code: body?.code,
      challenge: headers.get('www-authenticate'),
      retries: headers.has('retry-after'),
    }));
  }
  const wanted = (status: number) => nodes.map(() => ({ status, ...ANSWERS[status] }));

  async function areGood(credentials: OfEachKind<string>): Promise<void> {
    for (const kind of KINDS)
      expect([kind, await answers(kind, credentials[kind])]).toEqual([kind, wanted(200)]);
  }

  async function guests(rule: 'allow' | 'deny'): Promise<void> {
    const cookie = `session=${acme['a session cookie']}`;
    const init = { method: 'PATCH', json: { guests: rule }, headers: { cookie, origin: stack.url } };
    expect((await call(stack, null, '/v1/organization/policy', init)).status).toBe(200);
  }

  const expired: OfEachKind<() => Promise<string>> = {
    'a session cookie': async () => {
      const cookie = await cookieOf('ada@acme.com', ACME.organization);
      await stack.query('update sessions set expires_at = now() where token_hash = $1', [
        tokenHashOf(cookie),
      ]);
      return cookie;
    },
    "a person's access token": () => pastEnd(acme["a person's access token"]),
    'an M2M token': () => pastEnd(acme['an M2M token']),
    "an organization's API key": async () => (await newApiKey(stack, { expiresAt: new Date() })).value,
    "a person's API key": async () => {
      const userId = personOf(acme["a person's access token"]);
      return (await newApiKey(stack, { userId, expiresAt: new Date() })).value;
    },
  };
  const pastEnd = (token: string) =>
    signed(stack, { ...decodeJwt(token), exp: Math.floor(Date.now() / 1000) - 31 });

  const revoked: OfEachKind<() => Promise<string>> = {
    'a session cookie': async () => {
      const cookie = await cookieOf('ada@acme.com', ACME.organization);
      expect(await answers('a session cookie', cookie)).toEqual(wanted(200));
      const headers = { cookie: `session=${cookie}`, origin: stack.url };
      expect((await call(stack, null, '/auth/logout', { method: 'POST', headers })).status).toBe(303);
      return cookie;
    },
    "a person's access token": async () => {
      const { accessToken } = await userTokens(stack, 'ada@acme.com');
      expect(await answers("a person's access token", accessToken)).toEqual(wanted(200));
      await stack.control(`/sessions/${String(decodeJwt(accessToken)['sid'])}/revoke`);
      return accessToken;
    },
    'an M2M token': async () => {
      const { id, client } = await newMachine(stack, { permissions: READ });
      const token = await machineToken(stack, undefined, client);
      await stack.control(`/applications/${id}/delete`);
      return token;
    },
    "an organization's API key": () => revokedKey("an organization's API key", {}),
    "a person's API key": () =>
      revokedKey("a person's API key", { userId: personOf(acme["a person's access token"]) }),
  };
  async function revokedKey(kind: Kind, owner: { userId?: string }): Promise<string> {
    const { id, value } = await newApiKey(stack, { ...owner, permissions: READ });
    expect(await answers(kind, value)).toEqual(wanted(200));
    await stack.control(`/api_keys/${id}/revoke`);
    return value;
  }

  /** Brings about what a state says, for all kinds at once. */
  const before: Readonly<Record<State, () => Promise<void>>> = {
    'that is valid': async () => undefined,
    'that is malformed': async () => undefined,
    'that has expired': async () => undefined,
    'that was revoked': async () => undefined,
    'at the door of another tenant': async () => {
      for (const kind of KINDS)
        expect(await answers(kind, globex[kind], invoiceOfGlobex)).toEqual(wanted(200));
    },
    'of or by a person shut out by policy': async () => {
      await areGood(guest);
      await guests('deny');
    },
    'of an organization that was deleted': async () => {
      await areGood(globex);
      await stack.control(`/organizations/${GLOBEX.organization}/delete`);
    },
    'that is new while WorkOS cannot be asked': async () => {
      // A sign-in would make the node that it comes through ask for the new key.
      const cookie = await cookieOf('ada@acme.com', ACME.organization);
      await stack.control('/keys/rotate', { retire_others: false });
      const bearers = await bearersOf('ada@acme.com', ACME.organization);
      whileDown = { 'a session cookie': cookie, ...bearers };
      await stack.control('/faults', { path: '/**', times: 100_000, type: 'status', status: 503 });
    },
  };

  const inState: Readonly<Record<State, (kind: Kind) => string | Promise<string>>> = {
    'that is valid': (kind) => acme[kind],
    'that is malformed': (kind) => spoilt(acme[kind]),
    'that has expired': (kind) => expired[kind](),
    'that was revoked': (kind) => revoked[kind](),
    'at the door of another tenant': (kind) => acme[kind],
    'of or by a person shut out by policy': (kind) => guest[kind],
    'of an organization that was deleted': (kind) => globex[kind],
    'that is new while WorkOS cannot be asked': (kind) => whileDown[kind],
  };

  it('has a cell for each kind in each state', () => {
    expect(Object.keys(EXPECTED).toSorted()).toEqual([...STATES].toSorted());
    for (const cells of Object.values(EXPECTED))
      expect(Object.keys(cells).toSorted()).toEqual([...KINDS].toSorted());
  });

  describe.each(STATES)('%s', (state) => {
    beforeAll(before[state]);

    it.each(KINDS)('which is %s is answered as the table says', async (kind) => {
      const credential = await inState[state](kind);
      const path = state === 'at the door of another tenant' ? invoiceOfGlobex : undefined;
      const expected = wanted(EXPECTED[state][kind]);
      if (ENDS_BY_EVENT.has(state))
        await until(
          'every node says so',
          async () => isDeepStrictEqual(await answers(kind, credential, path), expected),
          AT_ONCE,
        );
      expect(await answers(kind, credential, path)).toEqual(expected);
    });
  });

  it('that could not be judged is good as soon as WorkOS answers', async () => {
    await stack.control('/faults', undefined, 'DELETE');
    for (const kind of KINDS)
      await until(`${kind} is let in`, async () =>
        isDeepStrictEqual(await answers(kind, whileDown[kind]), wanted(200)),
      );
  });
});
