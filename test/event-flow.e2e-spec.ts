import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { EventReader } from '../src/events/event-reader.js';
import { Browser } from './support/browser.js';
import { ACME, Stack } from './support/stack.js';
import { until } from './support/until.js';

const secret = () => `whsec_${randomBytes(24).toString('hex')}`;
const [OLD, NEW] = [secret(), secret()];
const DIRECTORY = 'directory_01HGATEH0VSEACME0000000001';

describe('what happens at WorkOS', () => {
  let stack: Stack;
  let endpoint: string;
  beforeAll(async () => {
    stack = await Stack.start('authkit', { WORKOS_WEBHOOK_SECRET: `${OLD},${NEW}` });
    endpoint = listen(OLD);
    await read();
  });
  afterAll(() => stack.stop());
  beforeEach(() =>
    stack.sandbox.webhooks.turn({ off: false, duplicate: 0, shuffle: false, lose: 0, retry: 20 }),
  );

  const listen = (signedWith: string) =>
    stack.sandbox.webhooks.register({ url: `${stack.url}/webhooks/workos`, secret: signedWith }).id;
  /** What a node does every two minutes. */
  const read = () => stack.app.get(EventReader, { strict: false }).round(true);
  const delivered = () => stack.sandbox.webhooks.flush();
  const hire = async (email: string) => {
    await stack.control(`/directories/${DIRECTORY}/users`, { email });
    const hired = stack.sandbox.state.directoryUsers.find((user) => user.email === email);
    if (!hired) throw new Error(`${email} was not hired`);
    return hired.id;
  };
  const copies = (id: string) =>
    stack.query<{ state: string; email: string; deleted_at: Date | null }>(
      'select state, email, deleted_at from directory_users where id = $1',
      [id],
    );
  const arrives = (id: string) => until(`${id} is known`, async () => (await copies(id)).length === 1);
  const settled = () =>
    until('everything is done', async () => {
      const waiting = await stack.query(`select 1 from workos_events where state <> 'done'`);
      return waiting.length === 0;
    });

  it('is known from the first start, without an event', async () => {
    await settled();
    expect(
      await stack.query('select name from organizations where id = $1', [ACME.organization]),
    ).toHaveLength(1);
    const people = await stack.query('select 1 from directory_users where directory_id = $1', [DIRECTORY]);
    expect(people.length).toBe(stack.sandbox.state.directoryUsers.length);
  });

  it('is followed by webhooks alone', async () => {
    const id = await hire('webhook@acme.com');
    await arrives(id);
    const [event] = await stack.query<{ source: string }>(
      'select source from workos_events where object_key = $1',
      [id],
    );
    expect(event?.source).toBe('webhook');
    await stack.control(`/directories/users/${id}/delete`);
    await until('the person is gone', async () => (await copies(id))[0]?.deleted_at !== null);
  });

  it('is followed by the Events API alone', async () => {
    stack.sandbox.webhooks.turn({ off: true });
    const ids = [await hire('one@acme.com'), await hire('two@acme.com')];
    await read();
    for (const id of ids) await arrives(id);
  });

  it('is repaired where a webhook is lost', async () => {
    stack.sandbox.webhooks.turn({ lose: 1 });
    const id = await hire('lost@acme.com');
    await delivered();
    await settled();
    expect(await copies(id)).toEqual([]);
    await read();
    await arrives(id);
  });

  it('has one effect, however often and in whatever order it is told', async () => {
    stack.sandbox.webhooks.turn({ duplicate: 4, shuffle: true });
    const id = await hire('often@acme.com');
    for (let change = 1; change <= 3; change++)
      await stack.control(`/directories/users/${id}`, { first_name: `name ${change}` });
    await delivered();
    await read();
    await settled();
    const events = await stack.query('select id from workos_events where object_key = $1', [id]);
    expect(events).toHaveLength(4);
    expect(await stack.query('select first_name from directory_users where id = $1', [id])).toEqual([
      { first_name: 'name 3' },
    ]);
  });

  it('goes on through the rotation of the secret', async () => {
    const before = await hire('before@acme.com');
    await delivered();
    stack.sandbox.webhooks.remove(endpoint);
    endpoint = listen(NEW);
    const after = await hire('after@acme.com');
    await delivered();
    for (const id of [before, after]) await arrives(id);
    expect(stack.sandbox.webhooks.deliveries.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
  });

  it('is caught up with where WorkOS no longer knows the place', async () => {
    stack.sandbox.webhooks.turn({ off: true });
    const [stays, goes] = [await hire('stays@acme.com'), await hire('goes@acme.com')];
    await read();
    for (const id of [stays, goes]) await arrives(id);
    // Long ago, so that what happens next is not too fresh to be told as gone.
    await stack.query(`update directory_users set version = '2026-01-01T00:00:00.000Z' where id = any($1)`, [
      [stays, goes],
    ]);
    await stack.control(`/directories/users/${goes}/delete`);
    await stack.control('/events/drop');
    const late = await hire('late@acme.com');
    await read();
    await arrives(late);
    await until('who left is gone', async () => (await copies(goes))[0]?.deleted_at !== null);
    expect((await copies(stays))[0]?.deleted_at).toBeNull();
    const alarms = await stack.query(`select 1 from audit_events where action = 'events.cursor_lost'`);
    expect(alarms).toHaveLength(1);
  });

  it('ends the sessions of a directory that was switched off unheard', async () => {
    const ada = await stack.signedIn('ada@acme.com');
    expect((await stack.api(ada, '/v1/me')).status).toBe(200);
    stack.sandbox.webhooks.turn({ off: true });
    await stack.control(`/directories/${DIRECTORY}`, { state: 'inactive' });
    await stack.control('/events/drop');
    await read();
    await until('Ada is out', async () => (await stack.api(ada, '/v1/me')).status === 401);
    await stack.control(`/directories/${DIRECTORY}`, { state: 'active' });
    await read();
  });

  it('is shown as followed, and nothing about people', async () => {
    await settled();
    const { body } = await stack.api(new Browser(), '/health/ready');
    expect(body).toMatchObject({ status: 'ok', events: { behind: false, dead: 0, lagSeconds: 0 } });
  });

  it('is not lost where a node ends: what was stored and not done is done by the next', async () => {
    const node = await stack.addNode();
    const id = await hire('ending@acme.com');
    await delivered();
    await node.stop();
    await arrives(id);
  });
});
