import { beforeEach, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import pg from 'pg';
import { ProblemError } from '../src/common/problem-error.js';
import { Database, openPool } from '../src/database/database.js';
import { RevocationOutbox } from '../src/sessions/revocation-outbox.js';
import { memberOf, type SessionRecord, type Subject } from '../src/sessions/session-record.js';
import { SessionRevoker } from '../src/sessions/session-revoker.service.js';
import type { SessionStore } from '../src/sessions/session-store.port.js';
import { aSession } from '../src/sessions/session.factory.js';
import { clock, describeWithStores, random, type Ground } from './support/session-stores.js';
import { until } from './support/until.js';

const ADA = memberOf('org_acme', 'user_ada');
const BOB: Subject = { kind: 'user', id: 'user_bob' };

/** A revoker that can be told to fail. */
class FlakyRevoker extends SessionRevoker {
  readonly failures: Error[] = [];
  after: (subject: Subject) => Promise<void> = async () => undefined;

  override async revoke(...words: Parameters<SessionRevoker['revoke']>): Promise<number> {
    const failure = this.failures.shift();
    if (failure) throw failure;
    const count = await super.revoke(...words);
    await this.after(words[0]);
    return count;
  }
}

describeWithStores('revocations that stand in a table first', (newGround) => {
  let ground: Ground;
  let store: SessionStore;
  let database: Database;
  let node: { revoker: FlakyRevoker; outbox: RevocationOutbox };
  beforeEach(() => {
    ground = newGround();
    ({ store, database } = ground);
    node = aNode();
  });

  function aNode(): typeof node {
    const { revoker } = ground.revoker(FlakyRevoker);
    return { revoker, outbox: new RevocationOutbox(database, revoker) };
  }

  async function session(userId: string): Promise<SessionRecord> {
    const now = clock.now();
    const tokenHash = randomBytes(32).toString('base64url');
    const record = aSession(now, { id: random.id('session', now), tokenHash });
    const own = { ...record, user: { ...record.user, id: userId } };
    expect(await store.insert(own, null, now)).toBe(true);
    return own;
  }

  const lives = async ({ id }: SessionRecord) => (await store.find(id)) !== null;
  const ask = (...subjects: Subject[]) =>
    database
      .transaction()
      .execute((trx) => node.outbox.request(trx, subjects, 'membership_ended', clock.now()));
  const rows = async () =>
    (await sql<{ subject_id: string }>`select * from revocation_outbox order by id`.execute(database)).rows;
  const audited = async () =>
    (
      await sql<{ reason: string; details: object; user_id: string; organization_id: string }>`
            select reason, user_id, organization_id, details from audit_events order by id
          `.execute(database)
    ).rows;

  it('end the sessions of exactly these subjects, once, and leave one record for each', async () => {
    const [ada, bob, eve] = [await session('user_ada'), await session('user_bob'), await session('eve')];
    await ask(ADA, ADA, BOB);
    expect([await lives(ada), await lives(bob)]).toEqual([true, true]);
    await node.outbox.drain();
    expect([await lives(ada), await lives(bob), await lives(eve)]).toEqual([false, false, true]);
    expect(await rows()).toEqual([]);
    await node.outbox.drain();
    const records = await audited();
    expect(records).toHaveLength(2);
    expect(records).toContainEqual({
      reason: 'membership_ended',
      user_id: 'user_ada',
      organization_id: 'org_acme',
      details: { subject: 'member org_acme:user_ada', count: 1 },
    });
  });

  it('are forgotten with the transaction that is rolled back', async () => {
    const ada = await session('user_ada');
    const failed = database.transaction().execute(async (trx) => {
      await node.outbox.request(trx, [ADA], 'user_deleted', clock.now());
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    await node.outbox.drain();
    expect(await lives(ada)).toBe(true);
  });

  it('refuse a sign-in that was under way', async () => {
    const startedAt = clock.now();
    await ask(ADA);
    await node.outbox.drain();
    expect(await store.insert(aSession(startedAt), null, startedAt)).toBe(false);
  });

  it('are carried out by another node where the one that asked has died, in time', async () => {
    const ada = await session('user_ada');
    const other = aNode();
    other.outbox.onApplicationBootstrap();
    await ask(ADA);
    await until('the other node has seen to it', async () => !(await lives(ada)), 2500);
    await other.outbox.beforeApplicationShutdown();
    expect(await rows()).toEqual([]);
  });

  it('are carried out where a node died in the midst of it', async () => {
    const ada = await session('user_ada');
    await ask(ADA);
    const dying = new pg.Client({ connectionString: ground.databaseUrl });
    dying.on('error', () => undefined);
    await dying.connect();
    await dying.query('begin; select * from revocation_outbox for update');
    await node.outbox.drain();
    expect(await lives(ada)).toBe(true);
    await dying.end();
    await until('the server has let go of the rows', async () => {
      await node.outbox.drain();
      return !(await lives(ada));
    });
  });

  it('stay until they succeed, and hold up no others', async () => {
    const [ada, bob] = [await session('user_ada'), await session('user_bob')];
    await ask(ADA, BOB);
    node.revoker.failures.push(new ProblemError('store_unavailable'));
    await node.outbox.drain();
    expect([await lives(ada), await lives(bob)]).toEqual([true, false]);
    expect((await rows()).map((row) => row.subject_id)).toEqual([ADA.id]);
    await node.outbox.drain();
    expect(await lives(ada)).toBe(false);
    expect(await audited()).toHaveLength(2);
  });

  it('are shared by nodes that all see them, each subject with one of them', async () => {
    const users = Array.from({ length: 130 }, (_, index) => `user_${index}`);
    const sessions: Awaited<ReturnType<typeof session>>[] = [];
    for (const user of users) sessions.push(await session(user));
    await ask(...users.map((id) => ({ kind: 'user', id }) as const));
    const nodes = [node, aNode(), aNode()];
    await Promise.all(nodes.flatMap(({ outbox }) => [outbox.drain(), outbox.drain()]));
    await until('all are done', async () => (await rows()).length === 0);
    expect(await Promise.all(sessions.map(lives))).toEqual(users.map(() => false));
    expect(await audited()).toHaveLength(130);
  });

  it('of one organization wait for no other, however much that one has waiting', async () => {
    const ada = await session('user_ada');
    const globex = Array.from({ length: 500 }, (_, n) => memberOf('org_globex', `user_${n}`));
    await ask(...globex, ADA);
    const left = new Promise<number>((resolve) => {
      node.revoker.after = async (subject) => {
        if (subject.id === ADA.id) resolve((await rows()).length);
      };
    });
    await node.outbox.drain();
    expect(await left).toBeGreaterThan(450);
    expect(await lives(ada)).toBe(false);
    expect(await rows()).toEqual([]);
  });

  it('of a kind that a newer version knows are left to it', async () => {
    const ada = await session('user_ada');
    await sql`insert into revocation_outbox (kind, subject_id, reason, requested_at)
          values ('team', 'team_1', 'team_ended', now())`.execute(database);
    await ask(ADA);
    await node.outbox.drain();
    expect(await lives(ada)).toBe(false);
    expect((await rows()).map((row) => row.subject_id)).toEqual(['team_1']);
  });

  it('never throw at whoever asks while the database is away', async () => {
    const gone = new Database(openPool('postgres://127.0.0.1:1/none'));
    await expect(new RevocationOutbox(gone, node.revoker).drain()).resolves.toBeUndefined();
    await gone.destroy();
  });
});
