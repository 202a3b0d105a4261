import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Browser } from './support/browser.js';
import { ACME, GLOBEX, Stack } from './support/stack.js';

const LINK = 'https://setup.workos.example/launch';

/** Method, path with the id of somebody, body. */
type Route = [method: string, path: string, json?: unknown];
const SESSIONS: Route = ['GET', '/v1/organization/members/:userId/sessions'];
const ROUTES: Route[] = [
  ['GET', '/v1/organization'],
  ['PATCH', '/v1/organization/policy', { guests: 'allow' }],
  ['POST', '/v1/organization/portal-link', { intent: 'sso' }],
  ['GET', '/v1/organization/members'],
  ['GET', '/v1/organization/members/:userId/roles'],
  SESSIONS,
  ['DELETE', '/v1/organization/members/:userId/sessions'],
  ['GET', '/v1/audit-events'],
];
const OF_SOMEBODY = ROUTES.filter(([, path]) => path.includes(':userId'));
const GUARDED = ROUTES.filter(([, path]) => path !== '/v1/organization');

describe('administration, asked by those who may not', () => {
  let stack: Stack;
  const people = new Map<string, { browser: Browser; id: string }>();
  beforeAll(async () => {
    stack = await Stack.start('authkit', { GUESTS: 'allow' });
    for (const email of ['ada@acme.com', 'alan@acme.com', 'grace@globex.com']) {
      const browser = await stack.signedIn(email);
      const { body } = await stack.api(browser, '/v1/me');
      people.set(email, { browser, id: (body as unknown as { user: { id: string } }).user.id });
    }
  });
  afterAll(() => stack.stop());

  const person = (email: string) => {
    const found = people.get(email);
    if (!found) throw new Error(`Nobody is ${email}`);
    return found;
  };
  const ask = (browser: Browser, [method, path, json]: Route, userId = 'user_1') =>
    stack.api(browser, path.replace(':userId', userId), {
      method,
      ...(json === undefined ? {} : { json }),
    });

  it.each(ROUTES)('%s %s refuses whoever is not signed in', async (...route) => {
    expect((await ask(new Browser(), route)).body).toMatchObject({ status: 401, code: 'unauthenticated' });
  });

  it.each(GUARDED)('%s %s refuses a member without the permission', async (...route) => {
    const { browser, id } = person('alan@acme.com');
    expect((await ask(browser, route, id)).body).toMatchObject({ status: 403, code: 'missing_permission' });
  });

  it.each(ROUTES.filter(([method]) => method !== 'GET'))('%s %s refuses another site', async (...route) => {
    const [method, path, json] = route;
    const { browser, id } = person('ada@acme.com');
    const answer = await stack.api(browser, path.replace(':userId', id), {
      method,
      headers: { 'sec-fetch-site': 'cross-site' },
      ...(json === undefined ? {} : { json }),
    });
    expect(answer.body).toMatchObject({ status: 403, code: 'cross_origin' });
  });

  it.each(
    OF_SOMEBODY.flatMap(([method, path]): [string, string, string, string][] => [
      ['ada@acme.com', 'grace@globex.com', method, path],
      ['grace@globex.com', 'ada@acme.com', method, path],
    ]),
  )('%s learns nothing of %s by %s %s', async (administrator, other, ...route) => {
    const { browser } = person(administrator);
    const foreign = await ask(browser, route, person(other).id);
    const unknown = await ask(browser, route, 'user_01HGATEH0VSEN0B0DY00000001');
    expect(foreign.body).toMatchObject({ status: 404, code: 'not_found' });
    expect({ ...foreign.body, requestId: '' }).toEqual({ ...unknown.body, requestId: '' });
    expect((await stack.api(person(other).browser, '/v1/me')).status).toBe(200);
  });

  it.each([
    ['ada@acme.com', ACME.organization, /globex|grace@|G10BEX/i],
    ['grace@globex.com', GLOBEX.organization, /acme|ada@|alan@/i],
  ])('what %s is told is of %s alone', async (administrator, organization, foreign) => {
    const { browser } = person(administrator);
    await stack.control('/faults', {
      path: '/portal/generate_link',
      type: 'status',
      status: 201,
      body: { link: LINK },
    });
    for (const route of ROUTES.filter((candidate) => !OF_SOMEBODY.includes(candidate))) {
      const { status, body } = await ask(browser, route);
      expect([route[1], status < 300]).toEqual([route[1], true]);
      expect(JSON.stringify(body)).not.toMatch(foreign);
    }
    const policies = await stack.query<{ organization_id: string }>(
      'select organization_id from organization_policies order by updated_at desc limit 1',
    );
    expect(policies).toEqual([{ organization_id: organization }]);
  });

  it('ends the sessions of somebody of two organizations in the own one alone', async () => {
    const atAcme = await stack.signedIn('sam@acme.com');
    const atGlobex = await stack.signedIn('sam@acme.com');
    const { body } = await stack.api(atAcme, '/v1/me');
    const { id } = (body as unknown as { user: { id: string } }).user;
    const switched = await stack.api(atGlobex, '/v1/session/organization', {
      method: 'POST',
      json: { organizationId: GLOBEX.organization },
    });
    const [cookie = ''] = switched.headers.getSetCookie();
    atGlobex.setCookie(stack.url, 'session', /session=([^;]+)/.exec(cookie)?.[1] ?? '');
    await stack.query(
      `insert into memberships (organization_id, user_id, roles, updated_at) values ($1, $2, '{member}', now())
       on conflict do nothing`,
      [GLOBEX.organization, id],
    );
    const { browser } = person('grace@globex.com');
    const listed = await ask(browser, SESSIONS, id);
    expect((listed.body as unknown as { data: unknown[] }).data).toHaveLength(1);

    expect((await ask(browser, ['DELETE', SESSIONS[1]], id)).status).toBe(204);
    expect((await stack.api(atGlobex, '/v1/me')).status).toBe(401);
    expect((await stack.api(atAcme, '/v1/me')).status).toBe(200);
  });

  it('has no organization to speak of for whoever signed in without one', async () => {
    await stack.query(
      `update sessions set organization_id = null, data = jsonb_set(data, '{organization}', 'null')
       where user_id = $1`,
      [person('ada@acme.com').id],
    );
    const node = await stack.addNode();
    try {
      for (const route of ROUTES) {
        const [method, path, json] = route;
        const { body } = await node.api(person('ada@acme.com').browser, path, {
          method,
          ...(json === undefined ? {} : { json }),
        });
        expect(body).toMatchObject({ status: 403, code: 'organization_required' });
      }
    } finally {
      await node.stop();
    }
  });
});
