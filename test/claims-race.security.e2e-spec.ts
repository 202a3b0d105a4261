import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Database } from '../src/database/database.js';
import { SessionStore } from '../src/sessions/session-store.port.js';
import { ClaimsFollower } from '../src/sync/claims-follower.js';
import { ClaimsOutbox } from '../src/sync/claims-outbox.js';
import { ACME, Stack } from './support/stack.js';
import { until } from './support/until.js';

describe('a sign-in that is passed by a change of what its person may do', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await Stack.start('sso');
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
  afterAll(() => stack.stop());

  /** Between what the sign-in has read and the session that it stores: the change, and its walk through all sessions. */
  const meanwhile = (change: () => Promise<void>) => {
    const store = stack.app.get(SessionStore, { strict: false });
    const insert = store.insert.bind(store);
    jest.spyOn(store, 'insert').mockImplementationOnce(async (...given) => {
      await change();
      await stack.app.get(ClaimsFollower, { strict: false }).follow();
      return insert(...given);
    });
  };
  const ask = (
    request: (outbox: ClaimsOutbox, trx: Parameters<ClaimsOutbox['requestUser']>[0]) => Promise<void>,
  ) =>
    stack.app
      .get(Database, { strict: false })
      .transaction()
      .execute((trx) => request(stack.app.get(ClaimsOutbox, { strict: false }), trx));
  const meOf = async (email: string) => {
    const browser = await stack.signedIn(email);
    return async () =>
      (await stack.api(browser, '/v1/me')).body as unknown as {
        user: { id: string; lastName: string };
        roles: string[];
        permissions: string[];
      };
  };

  it('ends with the roles of after the change', async () => {
    const before = await (await meOf('alan@acme.com'))();
    expect(before.roles).toEqual(['member']);
    meanwhile(async () => {
      await stack.query(`update memberships set roles = '{guest}' where user_id = $1`, [before.user.id]);
      await ask((outbox, trx) => outbox.requestMembers(trx, ACME.organization, [before.user.id]));
    });
    const me = await meOf('alan@acme.com');
    await until('the session has followed', async () => (await me()).roles.join() === 'guest');
  });

  it('ends with what its roles allow after the change', async () => {
    expect((await (await meOf('ada@acme.com'))()).permissions).toContain('invoices:write');
    meanwhile(async () => {
      await stack.query(`update roles set permissions = '{"audit:read"}' where slug = 'admin'`);
      await ask((outbox, trx) => outbox.requestPermissions(trx, null));
    });
    const me = await meOf('ada@acme.com');
    await until('the session has followed', async () => (await me()).permissions.join() === 'audit:read');
  });

  it('ends with the name of after the change', async () => {
    const { user } = await (await meOf('alan@acme.com'))();
    meanwhile(async () => {
      await stack.query(`update users set last_name = 'Mathison' where id = $1`, [user.id]);
      await ask((outbox, trx) => outbox.requestUser(trx, user.id));
    });
    const me = await meOf('alan@acme.com');
    await until('the session has followed', async () => (await me()).user.lastName === 'Mathison');
  });

  it('is refused, and leaves no session, where that cannot be looked up', async () => {
    const [counted] = await stack.query<{ count: number }>('select count(*)::int as count from sessions');
    jest
      .spyOn(stack.app.get(ClaimsOutbox, { strict: false }), 'requestAgain')
      .mockRejectedValueOnce(new Error('the database went away'));
    await expect(stack.signedIn('ada@acme.com')).rejects.toThrow('could not sign in');
    expect(await stack.query('select count(*)::int as count from sessions')).toEqual([counted]);
  });
});
