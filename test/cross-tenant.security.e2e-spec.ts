import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { routeTable } from '../src/auth/routes/route-table.js';
import { Browser } from './support/browser.js';
import { call, userTokens } from './support/credentials.js';
import { triesAnotherTenant } from './support/own-spec.js';
import { GLOBEX, Stack } from './support/stack.js';
import { MATRIX, type Attempt } from './support/tenant-matrix.js';
import { settle, tenantState, type Tenant } from './support/tenants.js';
import { until } from './support/until.js';
import { send, type WireAnswer } from './support/wire.js';

const CALLERS = ['a session', 'an access token', 'an API key', 'a machine'] as const;
type Caller = (typeof CALLERS)[number];
const isPerson = (caller: Caller) => caller === 'a session' || caller === 'an access token';
const DIRECTIONS = [
  ['acme', 'globex'],
  ['globex', 'acme'],
] as const;
const CASES = DIRECTIONS.flatMap(([own, other]) =>
  CALLERS.flatMap((caller) => Object.keys(MATRIX).map((route) => [own, caller, route, other] as const)),
);

describe('somebody of one company, with the identifiers of another', () => {
  let stack: Stack;
  let stateOf: (tenant: Tenant) => Promise<unknown>;
  const tenants = new Map<string, Tenant>();
  beforeAll(async () => {
    const secret = () => randomBytes(32).toString('hex');
    stack = await Stack.start('authkit', { OPERATOR_TOKEN: secret(), WORKOS_WEBHOOK_SECRET: secret() });
    for (const company of ['acme', 'globex'] as const) tenants.set(company, await settle(stack, company));
    stateOf = await tenantState(stack);
  });
  afterAll(() => stack.stop());

  const tenant = (company: string): Tenant => {
    const found = tenants.get(company);
    if (!found) throw new Error(`Nobody is of ${company}`);
    return found;
  };

  async function credentialsOf(
    own: Tenant,
    caller: Caller,
    attempt: Attempt,
  ): Promise<Record<string, string>> {
    if (caller === 'an API key') return { authorization: `Bearer ${own.apiKey}` };
    if (caller === 'a machine') return { authorization: `Bearer ${own.machineToken}` };
    if (caller === 'an access token') {
      const isSpent = attempt.endsCredential || attempt.endsOthers;
      return { authorization: `Bearer ${isSpent ? await newToken(own) : own.accessToken}` };
    }
    const browser = attempt.endsCredential ? await stack.signedIn(own.email) : own.browser;
    return { cookie: browser.cookieHeader(stack.url) };
  }

  async function newToken({ email, organizationId }: Tenant): Promise<string> {
    return (await userTokens(stack, email, organizationId)).accessToken;
  }

  /** Somebody who signed out of everything else comes back, also to the session where that was done with a token. */
  async function comeBack(company: string, by: Caller): Promise<void> {
    const own = tenant(company);
    const browser = by === 'a session' ? own.browser : await stack.signedIn(own.email);
    const { body } = await stack.api(browser, '/v1/me');
    const sessionId = String((body?.['session'] as { id?: unknown } | undefined)?.id);
    let { accessToken } = own;
    // One of the same second counts as one of before.
    await until('a new token is good', async () => {
      accessToken = await newToken(own);
      return (await call(stack, accessToken)).status === 200;
    });
    tenants.set(company, { ...own, browser, sessionId, accessToken, marks: [...own.marks, sessionId] });
  }

  async function make(own: Tenant, caller: Caller, method: string, attempt: Attempt): Promise<WireAnswer> {
    const json = attempt.json === undefined ? undefined : JSON.stringify(attempt.json);
    return send(stack.url, attempt.path, {
      method: method === 'ALL' ? 'PUT' : method,
      headers: {
        accept: 'application/json',
        'sec-fetch-site': 'same-origin',
        ...(await credentialsOf(own, caller, attempt)),
        ...(json === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(json)) }),
      },
      ...(json === undefined ? {} : { body: json }),
    });
  }

  /** What the answer tells beside what the caller said themselves. */
  function told(answer: WireAnswer, attempt: Attempt, other: Tenant): string[] {
    const said = attempt.path + JSON.stringify(attempt.json ?? {});
    const heard = answer.text + JSON.stringify(answer.headers);
    return other.marks.filter((mark) => heard.includes(mark) && !said.includes(mark));
  }

  it('has a row for every route of the service, and no row for one that is gone', () => {
    const routes = routeTable(stack.app)
      .filter(({ method, path }) => `${method} ${path}` in MATRIX || !triesAnotherTenant(method, path))
      .map(({ method, path }) => `${method} ${path}`);
    expect(Object.keys(MATRIX).toSorted()).toEqual(routes.toSorted());
  });

  it('would be found out if they got anything: each company sees its own by the same routes', async () => {
    for (const [company] of DIRECTIONS) {
      const own = tenant(company);
      const paths = [
        '/v1/me',
        '/v1/invoices',
        `/v1/invoices/${own.invoiceId}`,
        '/v1/audit-events',
        '/v1/organization',
      ];
      for (const caller of CALLERS)
        for (const path of paths) {
          const attempt: Attempt = { path, expected: [200, 200] };
          const answer = await make(own, caller, 'GET', attempt);
          expect([path, answer.status, told(answer, attempt, own).length > 0]).toEqual([path, 200, true]);
        }
      expect(JSON.stringify(await stateOf(own))).toContain(own.invoiceId);
    }
  });

  it.each(CASES)('of %s with %s gets nothing by %s, and changes nothing of %s', async (...row) => {
    const [company, caller, route, otherCompany] = row;
    const [own, other] = [tenant(company), tenant(otherCompany)];
    const [method = ''] = route.split(' ');
    for (const attempt of MATRIX[route]?.(other) ?? []) {
      const before = await stateOf(other);
      const answer = await make(own, caller, method, attempt);
      expect([attempt.path, answer.status]).toEqual([
        attempt.path,
        attempt.expected[isPerson(caller) ? 0 : 1],
      ]);
      expect(told(answer, attempt, other)).toEqual([]);
      expect(await stateOf(other)).toEqual(before);
      if (attempt.endsOthers && attempt.expected[isPerson(caller) ? 0 : 1] < 400)
        await comeBack(company, caller);
    }
    expect((await stack.api(other.browser, '/v1/me')).status).toBe(200);
  });

  it('cannot finish the sign-in that another began', async () => {
    const [own, other] = [tenant('acme'), tenant('globex')];
    const callback = await stack.callbackOf(
      new Browser(),
      other.email,
      `/auth/login?organization=${GLOBEX.organization}`,
    );
    const answer = await send(stack.url, callback.slice(stack.url.length), {
      headers: { accept: 'application/json', cookie: own.browser.cookieHeader(stack.url) },
    });
    expect([
      answer.status,
      answer.body?.code,
      answer.setCookies.filter((cookie) => /session=[^;]/.test(cookie)),
    ]).toEqual([400, 'invalid_state', []]);
  });
});
