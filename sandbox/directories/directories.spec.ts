import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { authorizeUrl, sdk, throughIdp } from '../application.factory.js';
import { ScriptedBrowser } from '../scripted-browser.js';
import { startSandbox, type RunningSandbox } from '../server.js';
import type { DirectoryGroup, DirectoryUser } from './directory.model.js';

const ACME = 'org_01HGATEH0VSEACME0000000001';
const CONNECTION = 'conn_01HGATEH0VSEACME0000000001';
const DIRECTORY = 'directory_01HGATEH0VSEACME0000000001';

let sandbox: RunningSandbox;
let workos: ReturnType<typeof sdk>;
beforeAll(async () => {
  sandbox = await startSandbox({ appUrl: 'http://localhost:3999' });
  workos = sdk(sandbox);
});
beforeEach(() => sandbox.state.reset());
afterAll(() => sandbox.close());

async function post(path: string, body: unknown = {}): Promise<Record<string, unknown>> {
  const response = await fetch(`${sandbox.url}/_sandbox/directories${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, ...((await response.json()) as object) };
}
function person(email: string): DirectoryUser {
  const { directoryUsers, formerDirectoryUsers } = sandbox.state;
  const found = [...directoryUsers, ...formerDirectoryUsers].find((user) => user.email === email);
  if (!found) throw new Error(`nobody has ${email}`);
  return found;
}
function group(name: string): DirectoryGroup {
  const found = sandbox.state.directoryGroups.find((candidate) => candidate.name === name);
  if (!found) throw new Error(`no group ${name}`);
  return found;
}
const events = (): string[] => sandbox.state.events.map(({ event }) => event);

describe('the Directory Sync API', () => {
  it('lists the directory of an organization, its people and its groups', async () => {
    const { data: directories } = await workos.directorySync.listDirectories({ organizationId: ACME });
    expect(directories).toMatchObject([{ id: DIRECTORY, state: 'active', type: 'okta scim v2.0' }]);
    const { data: users } = await workos.directorySync.listUsers({ directory: DIRECTORY });
    expect(
      users.map(({ email, state }) => `${email} ${state}`).toSorted((a, b) => a.localeCompare(b)),
    ).toEqual(['ada@acme.com active', 'alan@acme.com active']);
    const finance = await workos.directorySync.listUsers({ group: group('Finance').id });
    expect(finance.data.map(({ email }) => email)).toEqual(['ada@acme.com']);
    const { data: groups } = await workos.directorySync.listGroups({ user: person('alan@acme.com').id });
    expect(groups.map(({ name }) => name)).toEqual(['Engineering']);
    const ada = await workos.directorySync.getUser(person('ada@acme.com').id);
    expect(ada).toMatchObject({ firstName: 'Ada', organizationId: ACME, groups: [] });
  });

  it('fills the fields of earlier years only where the setting says so', async () => {
    sandbox.state.settings.directoryLegacyFields = true;
    const ada = await workos.directorySync.getUser(person('ada@acme.com').id);
    expect(ada.groups.map(({ name }) => name)).toEqual(['Engineering', 'Finance']);
  });

  it('deletes a directory with everybody in it, and tells so in one event', async () => {
    await workos.directorySync.deleteDirectory(DIRECTORY);
    expect(events()).toEqual(['dsync.deleted']);
    const { data } = await workos.directorySync.listDirectories();
    expect([data, sandbox.state.directoryUsers, sandbox.state.directoryGroups]).toEqual([[], [], []]);
    await expect(workos.directorySync.getDirectory(DIRECTORY)).rejects.toMatchObject({ status: 404 });
  });
});

describe('a suspended person', () => {
  it('is gone from the directory, as in newer environments, and comes back as a new person', async () => {
    const { id, idpId } = person('ada@acme.com');
    await post(`/users/${id}/suspend`);
    expect(events()).toEqual(['dsync.user.deleted']);
    await expect(workos.directorySync.getUser(id)).rejects.toMatchObject({ status: 404 });
    const back = await post(`/users/${id}/reactivate`);
    expect(back).toMatchObject({ state: 'active', idp_id: idpId });
    expect(back['id']).not.toBe(id);
    expect(events().slice(1)).toEqual([
      'dsync.user.created',
      'dsync.group.user_added',
      'dsync.group.user_added',
    ]);
  });

  it('stays as inactive where that is asked for, with what it was before in the event', async () => {
    const { id, updatedAt } = person('ada@acme.com');
    await post(`/users/${id}/suspend`, { as: 'inactive' });
    const [event] = sandbox.state.events;
    expect(event).toMatchObject({
      event: 'dsync.user.updated',
      organizationId: ACME,
      data: { id, state: 'inactive', previous_attributes: { state: 'active' } },
    });
    expect(person('ada@acme.com').updatedAt.getTime()).toBeGreaterThan(updatedAt.getTime());
    expect(await post(`/users/${id}/reactivate`)).toMatchObject({ id, state: 'active' });
  });

  it.each(['delete', 'inactive'])('may still choose their name at the identity provider (%s)', async (as) => {
    await post(`/users/${person('ada@acme.com').id}/suspend`, { as });
    const browser = new ScriptedBrowser(sandbox.url);
    const page = await browser.open(authorizeUrl(sandbox, 'sso', { connection: CONNECTION }));
    expect(page.text).toMatch(/ada@acme\.com\s*\((?:suspended in|gone from) the directory\)/);
    const { url } = await throughIdp(browser, page, { email: 'ada@acme.com' });
    expect(new URL(url).searchParams.get('code')).not.toBeNull();
  });
});

describe('the people of a directory', () => {
  it('are added with their groups, and may sign in with the same subject', async () => {
    const added = await post(`/${DIRECTORY}/users`, {
      email: 'edsger@acme.com',
      first_name: 'Edsger',
      groups: ['Finance'],
    });
    expect(events()).toEqual(['dsync.user.created', 'dsync.group.user_added']);
    const browser = new ScriptedBrowser(sandbox.url);
    const page = await browser.open(authorizeUrl(sandbox, 'sso', { connection: CONNECTION }));
    const { url } = await throughIdp(browser, page, { email: 'edsger@acme.com' });
    const code = new URL(url).searchParams.get('code') ?? '';
    const { profile } = await workos.sso.getProfileAndToken({ code, clientId: sandbox.clientId });
    expect(profile).toMatchObject({ idpId: added['idp_id'], firstName: 'Edsger' });
  });

  it('keep their subject when their e-mail changes', async () => {
    const { id, idpId } = person('ada@acme.com');
    await post(`/users/${id}`, { email: 'ada.king@acme.com' });
    expect(sandbox.state.events[0]).toMatchObject({
      event: 'dsync.user.updated',
      data: { email: 'ada.king@acme.com', idp_id: idpId, previous_attributes: { email: 'ada@acme.com' } },
    });
    await post(`/users/${id}`, { email: 'ada.king@acme.com' });
    expect(events()).toHaveLength(1);
  });

  it('move between groups, which moves no time of theirs', async () => {
    const alan = person('alan@acme.com');
    const { updatedAt } = alan;
    await post(`/users/${alan.id}/groups/${group('Finance').id}/add`);
    await post(`/users/${alan.id}/groups/${group('Finance').id}/add`);
    await post(`/users/${alan.id}/groups/${group('Engineering').id}/remove`);
    expect(events()).toEqual(['dsync.group.user_added', 'dsync.group.user_removed']);
    expect(alan.updatedAt).toEqual(updatedAt);
  });

  it('leave a deleted group without a word', async () => {
    await post(`/groups/${group('Engineering').id}`, { name: 'Research' });
    await post(`/groups/${group('Research').id}/delete`);
    expect(events()).toEqual(['dsync.group.updated', 'dsync.group.deleted']);
    expect(person('alan@acme.com').groupIds).toEqual([]);
  });
});

describe('a directory', () => {
  it('that does not synchronize is silent, and tells of everything when it is activated', async () => {
    const { id } = await post('', { organization_id: ACME, name: 'Second', state: 'inactive' });
    await post(`/${String(id)}/groups`, { name: 'Sales' });
    await post(`/${String(id)}/users`, { email: 'kay@acme.com', groups: ['Sales'] });
    expect(events()).toEqual([]);
    await post(`/${String(id)}`, { state: 'active' });
    expect(events()).toEqual([
      'dsync.activated',
      'dsync.user.created',
      'dsync.group.created',
      'dsync.group.user_added',
    ]);
  });

  it('tells that it was switched off, and nothing where it cannot be reached for now', async () => {
    await post(`/${DIRECTORY}`, { state: 'invalid_credentials' });
    expect(events()).toEqual([]);
    await post(`/${DIRECTORY}`, { state: 'inactive' });
    await post(`/${DIRECTORY}`, { state: 'inactive' });
    expect(sandbox.state.events).toMatchObject([
      { event: 'dsync.deactivated', organizationId: ACME, data: { id: DIRECTORY, state: 'inactive' } },
    ]);
  });

  it.each([
    ['', { organization_id: 'org_unknown' }, 404],
    [`/${DIRECTORY}/users`, { email: 'nobody' }, 400],
    [`/${DIRECTORY}/users`, { email: 'kay@acme.com', groups: ['Unknown'] }, 404],
    [`/${DIRECTORY}`, { state: 'asleep' }, 400],
    ['/users/unknown/suspend', {}, 404],
  ])('refuses %s %j', async (path, body, status) => {
    expect(await post(path, body)).toMatchObject({ status });
    expect(events()).toEqual([]);
  });

  it('has a page where people are suspended, moved and brought back', async () => {
    const browser = new ScriptedBrowser(sandbox.url);
    const ada = person('ada@acme.com');
    const open = () => browser.open('/_sandbox/directories');
    await browser.submit(await open(), {}, `/users/${ada.id}/groups/${group('Finance').id}/remove`);
    await browser.submit(
      await open(),
      { email: 'kay@acme.com', groups: group('Finance').id },
      'Add a person',
    );
    await browser.submit(await open(), {}, `action="/_sandbox/directories/users/${ada.id}/delete"`);
    await browser.submit(await open(), {}, `/users/${ada.id}/reactivate`);
    expect(events()).toEqual([
      'dsync.group.user_removed',
      'dsync.user.created',
      'dsync.group.user_added',
      'dsync.user.deleted',
      'dsync.user.created',
      'dsync.group.user_added',
    ]);
  });
});
