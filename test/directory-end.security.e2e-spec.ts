import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from './support/browser.js';
import { call, newApiKey } from './support/credentials.js';
import { ACME, MODES, Stack } from './support/stack.js';
import { until } from './support/until.js';

/** How long a person may go on anywhere after their end, in milliseconds. */
const AT_ONCE = 5000;

/** Two nodes, of which one alone hears of each event; people are known to WorkOS before they sign in. */
describe.each(MODES)('whoever a directory has let go (SIGN_IN=%s)', (mode) => {
  let nodes: Stack[];
  let stack: Stack;
  beforeAll(async () => {
    stack = await Stack.startHearing(mode, { GUESTS: 'allow' });
    nodes = [stack, await stack.addNode()];
  }, 40_000);
  afterAll(async () => {
    await nodes[1]?.stop();
    await stack.stop();
  });

  interface Person {
    readonly recordId: string;
    readonly browser: Browser;
    readonly apiKey: string;
  }
  let hired = 0;
  const hire = async (
    organizationId: string,
    directory: string,
    domain: string,
    path?: string,
  ): Promise<Person> => {
    const email = `left${++hired}@${domain}`;
    const user = await stack.control('/users', { email });
    const userId = String(user['id']);
    await stack.control('/memberships', { user_id: userId, organization_id: organizationId, role: 'member' });
    const record = await stack.control(`/directories/${directory}/users`, { email, idp_id: `scim-${email}` });
    await until('they are heard of', async () => {
      const heard =
        'select from memberships join directory_users as record on record.id = $2 where memberships.user_id = $1';
      return (await stack.query(heard, [userId, record['id']])).length > 0;
    });
    const browser = await stack.signedIn(email, path);
    const key = await newApiKey(stack, { organizationId, userId, permissions: ['invoices:read'] });
    const person = { recordId: String(record['id']), browser, apiKey: key.value };
    expect(await statuses(person)).toEqual([200, 200, 200, 200]);
    return person;
  };
  const statuses = async ({ browser, apiKey }: Person) => [
    ...(await Promise.all(nodes.map(async (node) => (await call(node, apiKey)).status))),
    ...(await Promise.all(
      nodes.map(async (node) => {
        const headers = { accept: 'application/json', cookie: browser.cookieHeader(stack.url) };
        return (await fetch(`${node.url}/v1/me`, { headers })).status;
      }),
    )),
  ];
  const areOut = (person: Person) =>
    until(
      'cookie and key are refused on both nodes',
      async () => (await statuses(person)).every((status) => status === 401),
      AT_ONCE,
    );
  const letGo = ({ recordId }: Person, as: 'inactive' | 'delete') =>
    stack.control(`/directories/users/${recordId}/suspend`, { as });
  let passed = 0;
  /** Longer than a refusal of a key, or WorkOS's word on it, is remembered. */
  const pass = () => {
    passed += 31;
    for (const node of nodes) node.moveClock(passed);
  };

  it('stays out when the directory itself is deleted', async () => {
    const { id } = await stack.control('/directories', { organization_id: ACME.organization });
    const hireHere = () => hire(ACME.organization, String(id), 'acme.com');
    const [suspended, deleted, active] = [await hireHere(), await hireHere(), await hireHere()];
    await Promise.all([letGo(suspended, 'inactive'), letGo(deleted, 'delete')]);
    await Promise.all([areOut(suspended), areOut(deleted)]);
    await stack.control(`/directories/${String(id)}/delete`);
    await areOut(active);
    pass();
    for (const person of [suspended, deleted, active])
      expect(await statuses(person)).toEqual([401, 401, 401, 401]);
  });

  it.each(['inactive', 'delete'] as const)('is out (%s) once it is known whom it meant', async (as) => {
    const domain = `${as}.example`;
    const organization = await stack.control('/organizations', { name: 'Late', domains: [] });
    const organizationId = String(organization['id']);
    await stack.control(`/organizations/${organizationId}`, { allow_profiles_outside_organization: true });
    const pending = await stack.control(`/organizations/${organizationId}/domains`, {
      domain,
      state: 'pending',
    });
    const connection = await stack.control(`/organizations/${organizationId}/connections`, {
      connection_type: 'OktaSAML',
      state: 'active',
    });
    const { id } = await stack.control('/directories', { organization_id: organizationId });
    const path = `/auth/login?connection_id=${String(connection['id'])}`;
    const person = await hire(organizationId, String(id), domain, path);
    await letGo(person, as);
    await until('that is heard of', async () => {
      const gone = `select from directory_users where id = $1 and (state <> 'active' or deleted_at is not null)`;
      return (await stack.query(gone, [person.recordId])).length > 0;
    });
    // By their subject a profile is known before, and its cookie ends at once; WorkOS's own user is not.
    expect((await call(stack, person.apiKey)).status).toBe(200);
    await stack.control(`/domains/${String(pending['id'])}`, { state: 'verified' });
    await areOut(person);
  });
});
