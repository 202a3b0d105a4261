import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import type { Browser } from './support/browser.js';
import { call, newApiKey, userTokens } from './support/credentials.js';
import { ACME, MODES, Stack } from './support/stack.js';
import { until } from './support/until.js';

/** How long a person may go on anywhere after their end, in milliseconds. */
const AT_ONCE = 5000;
const DIRECTORY = 'directory_01HGATEH0VSEACME0000000001';

interface Person {
  readonly email: string;
  /** Of the directory's record, WorkOS's user and its membership. */
  readonly recordId: string;
  readonly workosId: string;
  readonly membershipId: string;
  readonly browser: Browser;
  readonly token: string;
  readonly apiKey: string;
}

/** With webhooks and the reader of the Events API, as `npm start` has it: WorkOS's people are known before they sign in. */
describe.each(MODES)('whoever leaves, with events read as by default (SIGN_IN=%s)', (mode) => {
  let stack: Stack;
  let ada: Browser;
  beforeAll(async () => {
    stack = await Stack.startHearing(mode, { EVENTS_INTERVAL: '1' });
    await until('the reader has looked at everything', async () => {
      const { body } = await stack.api(ada ?? (await stack.signedIn('ada@acme.com')), '/health/ready');
      return (body as unknown as { events: { lastReadAt: string | null } }).events.lastReadAt !== null;
    });
    ada = await stack.signedIn('ada@acme.com');
  }, 40_000);
  afterEach(async () => {
    const own = { requiredGroups: [], groupRoles: {}, justInTime: true };
    expect((await patch(own)).status).toBe(200);
  });
  afterAll(() => stack.stop());

  let hired = 0;
  const hire = async (groups: readonly string[] = [], directory = DIRECTORY): Promise<Person> => {
    const email = `person${++hired}@acme.com`;
    const names = { first_name: 'Person', last_name: String(hired) };
    const user = await stack.control('/users', { email, ...names });
    const workosId = String(user['id']);
    const membership = await stack.control('/memberships', {
      user_id: workosId,
      organization_id: ACME.organization,
      role: 'member',
    });
    const record = await stack.control(`/directories/${directory}/users`, { email, groups, ...names });
    await until('they are heard of', async () => {
      const heard = await stack.query('select 1 from directory_users where id = $1', [record['id']]);
      return heard.length > 0;
    });
    const browser = await stack.signedIn(email);
    let token = '';
    await until('their token is believed', async () => {
      token = (await userTokens(stack, email)).accessToken;
      return (await call(stack, token)).status === 200;
    });
    expect(decodeJwt(token).sub).toBe(workosId);
    const key = await newApiKey(stack, { userId: workosId, permissions: ['invoices:read'] });
    const person = {
      email,
      recordId: String(record['id']),
      workosId,
      membershipId: String(membership['id']),
      browser,
      token,
      apiKey: key.value,
    };
    expect(await statuses(person)).toEqual([200, 200, 200]);
    return person;
  };
  const statuses = async ({ browser, token, apiKey }: Person) => [
    (await stack.api(browser, '/v1/me')).status,
    (await call(stack, token)).status,
    (await call(stack, apiKey)).status,
  ];
  const areOut = (person: Person) =>
    until(
      'cookie, token and key are refused',
      async () => (await statuses(person)).every((status) => status === 401),
      AT_ONCE,
    );
  const members = async () => {
    const { body } = await stack.api(ada, '/v1/organization/members?limit=100');
    return (body as unknown as { data: { id: string; email: string }[] }).data;
  };
  const patch = (json: object) => stack.api(ada, '/v1/organization/policy', { method: 'PATCH', json });
  const groupId = () =>
    stack.sandbox.state.directoryGroups.find(({ name }) => name === 'Engineering')?.id ?? '';

  it('is one person until then: one row, one id for every credential', async () => {
    const person = await hire();
    const rows = (await members()).filter(({ email }) => email === person.email);
    const ids = [
      (await stack.api(person.browser, '/v1/me')).body?.['user'],
      (await call(stack, person.token)).body?.['user'],
    ].map((user) => (user as { id: string }).id);
    expect(rows.map(({ id }) => id)).toEqual([ids[0]]);
    expect(ids[1]).toBe(ids[0]);
  });

  it.each<[string, (person: Person) => Promise<unknown>]>([
    [
      'suspended in the directory',
      ({ recordId }) => stack.control(`/directories/users/${recordId}/suspend`, { as: 'inactive' }),
    ],
    ['deleted in the directory', ({ recordId }) => stack.control(`/directories/users/${recordId}/delete`)],
    [
      'made inactive as a member by WorkOS',
      ({ membershipId }) => stack.control(`/memberships/${membershipId}`, { status: 'inactive' }),
    ],
    [
      'no member any more at WorkOS',
      ({ membershipId }) => stack.control(`/memberships/${membershipId}/delete`),
    ],
    ['deleted at WorkOS', ({ workosId }) => stack.control(`/users/${workosId}/delete`)],
  ])('is out with cookie, token and key when %s, and nobody else is', async (_, leave) => {
    const [person, colleague] = [await hire(), await hire()];
    await leave(person);
    await areOut(person);
    expect(await statuses(colleague)).toEqual([200, 200, 200]);
  });

  it('is out with a group that they need, and is let in by it', async () => {
    const group = groupId();
    await stack.control(`/directories/users/${recordOf('ada@acme.com')}/groups/${group}/add`);
    const person = await hire([group]);
    await until(
      'the group may be asked for',
      async () => (await patch({ requiredGroups: ['Engineering'] })).status === 200,
    );
    expect(await statuses(person)).toEqual([200, 200, 200]);
    await stack.control(`/directories/users/${person.recordId}/groups/${group}/remove`);
    await areOut(person);
  });
  const recordOf = (email: string) =>
    stack.sandbox.state.directoryUsers.find((record) => record.email === email)?.id ?? '';

  it('has the role of a group by whichever credential', async () => {
    const person = await hire([groupId()]);
    expect((await patch({ groupRoles: { Engineering: 'admin' } })).status).toBe(200);
    const roles = async () => [
      (await stack.api(person.browser, '/v1/me')).body?.['roles'],
      (await call(stack, person.token)).body?.['roles'],
    ];
    await until(
      'both have it',
      async () => (await roles()).every((own) => (own as string[]).includes('admin')),
      AT_ONCE,
    );
  });

  it('is no stranger where only known people may come', async () => {
    expect((await patch({ justInTime: false })).status).toBe(200);
    await hire();
  });

  it('is signed out everywhere by an administrator, with cookie and token', async () => {
    const person = await hire();
    const [row] = (await members()).filter(({ email }) => email === person.email);
    const path = `/v1/organization/members/${row?.id ?? ''}/sessions`;
    expect((await stack.api(ada, path, { method: 'DELETE' })).status).toBe(204);
    await until(
      'both are refused',
      async () => (await statuses(person)).slice(0, 2).every((status) => status === 401),
      AT_ONCE,
    );
  });

  it.each<[string, string, object]>([
    ['deleted', '/delete', {}],
    ['switched off', '', { state: 'inactive' }],
  ])('is out with the whole directory when that is %s, and nobody else is', async (_, path, change) => {
    const directory = await stack.control('/directories', { organization_id: ACME.organization });
    const [person, colleague] = [await hire([], String(directory['id'])), await hire()];
    await stack.control(`/directories/${String(directory['id'])}${path}`, change);
    await areOut(person);
    expect(await statuses(colleague)).toEqual([200, 200, 200]);
    const again = { ...person, browser: await stack.signedIn(person.email) };
    // Longer than a refusal of a key is remembered.
    stack.moveClock((seconds += 11));
    const [cookie, , key] = await statuses(again);
    expect([cookie, key]).toEqual([200, 200]);
  });
  let seconds = 0;
});
