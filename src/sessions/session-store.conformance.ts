import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sessionChangeConformance } from './session-change.conformance.js';
import {
  memberOf,
  partsOfMember,
  unnamedConnectionOf,
  type SessionRecord,
  type Subject,
} from './session-record.js';
import { ids, SessionStage, type StoreUnderTest } from './session-stage.factory.js';
import type { SessionStore } from './session-store.port.js';

const HOUR = 3_600_000;
const SUBJECTS: readonly Subject[] = [
  { kind: 'user', id: 'user_ada' },
  { kind: 'organization', id: 'org_acme' },
  memberOf('org_acme', 'user_ada'),
  { kind: 'connection', id: 'conn_acme' },
  unnamedConnectionOf('org_acme'),
  { kind: 'directory', id: 'directory_acme' },
  { kind: 'workos_session', id: 'session_acme' },
];

/** What every store of sessions does. `make` is called for each test. */
export function sessionStoreConformance(name: string, make: () => Promise<StoreUnderTest>): void {
  describe(name, () => {
    const stage = new SessionStage(make);
    const { session, ofUser, insert, met, ago, ahead, now, advance, hash } = stage;
    let store: SessionStore;
    beforeEach(async () => {
      store = await stage.open();
    });
    afterEach(stage.close);

    describe('a session that was inserted', () => {
      it('is found by the hash of its token and by its id, as it was', async () => {
        const record = await insert(session());
        expect(await store.findByTokenHash(record.tokenHash)).toEqual(record);
        expect(await store.find(record.id)).toEqual(record);
      });

      it('keeps every value exactly', async () => {
        const odd = 'Zoë 🦉 \u202e‮ "quoted" \\ {curly} \'; -- \n\t\u0001 %s';
        const at = new Date(now().getTime() - 123_457);
        const record = session({
          user: { id: 'user_ada', email: odd, firstName: odd, lastName: null, profilePictureUrl: odd },
          organization: { id: 'org_acme', name: odd },
          roles: [],
          permissions: Array.from({ length: 300 }, (_, index) => `${odd}:${index}`),
          authenticatedAt: at,
          lastSeenAt: new Date(at.getTime() + 1),
          expiresAt: ahead(HOUR + 7),
          userAgent: odd.repeat(10),
          impersonator: { email: odd, reason: null },
          workosSessionId: 'session_01',
          profileId: 'prof_01',
          tokens: {
            obtainedAt: at.getTime(),
            accessTokenExpiresAt: ahead(299_999).getTime(),
            refreshToken: odd.repeat(40),
          },
          version: 7,
        });
        await insert(record);
        expect(await store.findByTokenHash(record.tokenHash)).toEqual(record);
        expect(await store.find(record.id)).toEqual(record);
      });

      it('keeps what is not there as it is: no organization, no connection, no tokens', async () => {
        const record = session({
          organization: null,
          connectionId: null,
          connectionType: null,
          directoryId: null,
          ip: null,
          roles: [''],
          permissions: [],
        });
        expect(await store.findByTokenHash((await insert(record)).tokenHash)).toEqual(record);
      });

      it('is missing under any other hash or id', async () => {
        await insert(session());
        expect(await store.findByTokenHash(hash())).toBeNull();
        expect(await store.find(session().id)).toBeNull();
      });

      it('takes the place of another one', async () => {
        const [old, other] = [await insert(session()), await insert(session())];
        const young = session();
        expect(await store.insert(young, old.id, now())).toBe(true);
        expect(await store.findByTokenHash(old.tokenHash)).toBeNull();
        expect(await store.find(old.id)).toBeNull();
        expect(ids(await store.listOfUser('user_ada', 10))).toEqual([young.id, other.id]);
      });

      it('does not mind that the one it replaces is gone', async () => {
        const record = session();
        expect(await store.insert(record, session().id, now())).toBe(true);
        expect(await store.find(record.id)).toEqual(record);
      });
    });

    describe('the absolute end', () => {
      it('makes a session missing at once, by the clock of the store', async () => {
        const record = await insert(session({ expiresAt: ahead(5000) }));
        advance(4999);
        expect(await store.findByTokenHash(record.tokenHash)).not.toBeNull();
        advance(1);
        expect(await store.findByTokenHash(record.tokenHash)).toBeNull();
        expect(await store.find(record.id)).toBeNull();
        expect(await store.listOfUser('user_ada', 10)).toEqual([]);
        expect(await store.claim(record.id, 1, ahead(1000))).toBe(false);
        expect(await store.update(record.id, 1, { roles: [] })).toBeNull();
        expect(await store.delete(record.id)).toBeNull();
      });

      it('moves with a change', async () => {
        const record = await insert(session({ expiresAt: ahead(5000) }));
        await store.update(record.id, 1, { expiresAt: ahead(10_000), idleTimeout: 60 });
        advance(9999);
        expect(await store.findByTokenHash(record.tokenHash)).toMatchObject({ idleTimeout: 60 });
        expect(ids(await store.listOfUser('user_ada', 10))).toEqual([record.id]);
        advance(1);
        expect(await store.findByTokenHash(record.tokenHash)).toBeNull();
      });

      it('is tidied up in bounded steps that leave the living alone', async () => {
        const living = await insert(session());
        for (let count = 0; count < 5; count++) await insert(session({ expiresAt: ahead(1000) }));
        advance(1000);
        let last = Number.POSITIVE_INFINITY;
        for (let rounds = 0; last > 0 && rounds < 10; rounds++) {
          last = await store.removeExpired(2);
          expect(last).toBeLessThanOrEqual(2);
        }
        expect(last).toBe(0);
        expect(await store.find(living.id)).toEqual(living);
      });
    });

    describe('the list of a user', () => {
      it('is newest first, of that user alone, and goes on below the cursor', async () => {
        const all = [await insert(session()), await insert(session()), await insert(session())];
        await insert(ofUser('user_bob'));
        const newest = ids(all).toReversed();
        expect(ids(await store.listOfUser('user_ada', 10))).toEqual(newest);
        expect(ids(await store.listOfUser('user_ada', 2))).toEqual(newest.slice(0, 2));
        expect(ids(await store.listOfUser('user_ada', 2, newest[1]))).toEqual(newest.slice(2));
        expect(await store.listOfUser('user_ada', 2, newest[2])).toEqual([]);
        expect(await store.listOfUser('user_eve', 2)).toEqual([]);
      });

      it('is full though sessions in between are gone', async () => {
        const all = [];
        for (let count = 0; count < 6; count++) all.push(await insert(session()));
        await store.delete(all[4]?.id ?? '');
        await store.delete(all[3]?.id ?? '');
        const left = [all[5], all[2], all[1]].map((record) => record?.id);
        expect(ids(await store.listOfUser('user_ada', 3))).toEqual(left);
      });
    });

    describe('the walk over a subject', () => {
      it.each(SUBJECTS)('meets every living session of a $kind once, and no other', async (whose) => {
        const of = (record = session()) => insert(belongingTo(whose, record));
        const own = [await of(), await of(), await of()];
        const [brief, gone] = [await of(session({ expiresAt: ahead(1000) })), await of()];
        await insert(belongingTo({ ...whose, id: `${whose.id}_other` }, session()));
        await store.delete(gone.id);
        advance(1000);
        const found = await met(whose);
        expect(found.toSorted((one, other) => (one.id < other.id ? -1 : 1))).toEqual(own);
        expect(ids(found)).not.toContain(brief.id);
        expect(await met({ ...whose, id: `${whose.id}_none` })).toEqual([]);
      });
    });

    describe('"last seen"', () => {
      it('moves forward and never back', async () => {
        const [one, two] = [await insert(session()), await insert(session())];
        await store.touch(
          new Map([
            [one.id, ahead(2000)],
            [two.id, ago(1)],
          ]),
        );
        expect((await store.findByTokenHash(one.tokenHash))?.lastSeenAt).toEqual(ahead(2000));
        expect((await store.find(two.id))?.lastSeenAt).toEqual(two.lastSeenAt);
        await store.touch(new Map([[one.id, ahead(1999)]]));
        expect((await store.find(one.id))?.lastSeenAt).toEqual(ahead(2000));
      });

      it('passes over sessions that are gone, and brings none back', async () => {
        const [gone, here] = [await insert(session()), await insert(session())];
        await store.delete(gone.id);
        await store.touch(new Map([gone.id, session().id, here.id].map((id) => [id, ahead(500)])));
        await store.touch(new Map());
        expect(await store.findByTokenHash(gone.tokenHash)).toBeNull();
        expect(ids(await store.listOfUser('user_ada', 10))).toEqual([here.id]);
        expect((await store.find(here.id))?.lastSeenAt).toEqual(ahead(500));
      });

      it('changes neither the version nor a claim, and no change sets it back', async () => {
        const record = await insert(session());
        await store.claim(record.id, 1, ahead(1000));
        await store.touch(new Map([[record.id, ahead(500)]]));
        expect(await store.claim(record.id, 1, ahead(1000))).toBe(false);
        const changed = await store.update(record.id, 1, { roles: ['x'], tokenHash: hash() });
        expect(changed).toMatchObject({ version: 2, lastSeenAt: ahead(500) });
        expect((await store.find(record.id))?.lastSeenAt).toEqual(ahead(500));
      });
    });

    describe('a deletion', () => {
      it('returns what was deleted, once', async () => {
        const record = await insert(session());
        expect(await store.delete(record.id)).toEqual(record);
        expect(await store.delete(record.id)).toBeNull();
        expect(await store.findByTokenHash(record.tokenHash)).toBeNull();
        expect(await store.find(record.id)).toBeNull();
        expect(await store.listOfUser('user_ada', 10)).toEqual([]);
      });

      it('has one winner among many', async () => {
        const record = await insert(session());
        const all = await Promise.all(Array.from({ length: 20 }, () => store.delete(record.id)));
        expect(all.filter((deleted) => deleted !== null)).toEqual([record]);
      });
    });

    describe('a revocation', () => {
      const stranger = () =>
        ofUser('user_bob', {
          organization: { id: 'org_globex', name: 'Globex' },
          connectionId: 'conn_globex',
          directoryId: null,
          workosSessionId: null,
        });

      it.each(SUBJECTS)(
        "of a $kind ends its sessions but one and nobody else's, and counts them",
        async (whose) => {
          const of = () => insert(belongingTo(whose, session()));
          const [one, two, kept] = [await of(), await of(), await of()];
          const other = await insert(stranger());
          expect(await store.revoke(whose, now(), kept.id)).toBe(2);
          expect(await store.findByTokenHash(one.tokenHash)).toBeNull();
          expect(await store.find(two.id)).toBeNull();
          expect(await store.findByTokenHash(kept.tokenHash)).toEqual(kept);
          expect(await store.find(other.id)).toEqual(other);
          expect(await store.revoke(whose, now(), kept.id)).toBe(0);
          expect(await store.revoke(whose, now())).toBe(1);
        },
      );

      it.each(SUBJECTS)(
        'of a $kind refuses sign-ins that began until then, to the instant',
        async (whose) => {
          const at = now();
          await store.revoke(whose, at);
          for (const startedAt of [ago(600_000), ago(1), at]) {
            const late = belongingTo(whose, session());
            expect(await store.insert(late, null, startedAt)).toBe(false);
            expect(await store.findByTokenHash(late.tokenHash)).toBeNull();
            expect(await store.find(late.id)).toBeNull();
          }
          expect(await store.listOfUser('user_ada', 10)).toEqual([]);
          const others: Subject[] = [{ kind: 'user', id: 'user_nobody' }];
          expect(await store.isRevoked([...others, whose], at)).toBe(true);
          expect(await store.isRevoked([...others, whose], ahead(1))).toBe(false);
          expect(await store.isRevoked(others, ago(600_000))).toBe(false);
          expect(await store.insert(belongingTo(whose, session()), null, ahead(1))).toBe(true);
          expect(await store.insert(stranger(), null, ago(1))).toBe(true);
        },
      );

      it('of a member leaves their other organizations and the other members alone', async () => {
        const at = now();
        const elsewhere = () => session({ organization: { id: 'org_globex', name: 'Globex' } });
        const nowhere = () => session({ organization: null });
        const [here, ...others] = [session(), elsewhere(), nowhere(), ofUser('user_bob')];
        for (const record of [here, ...others]) await insert(record);
        expect(await store.revoke(memberOf('org_acme', 'user_ada'), at)).toBe(1);
        expect(await store.find(here.id)).toBeNull();
        for (const record of others) expect(await store.find(record.id)).toEqual(record);
        for (const record of [elsewhere(), nowhere(), ofUser('user_bob')])
          expect(await store.insert(record, null, at)).toBe(true);
      });

      it('of a session at WorkOS finds it under the name that a renewal gave it', async () => {
        const record = await insert(session());
        await store.update(record.id, 1, { workosSessionId: 'session_next' });
        expect(await store.revoke({ kind: 'workos_session', id: 'session_acme' }, now())).toBe(0);
        expect(await store.revoke({ kind: 'workos_session', id: 'session_next' }, now())).toBe(1);
        expect(await store.find(record.id)).toBeNull();
      });

      it('keeps the session that a refused one would have replaced', async () => {
        const old = await insert(session());
        await store.revoke({ kind: 'user', id: 'user_ada' }, now(), old.id);
        expect(await store.insert(session(), old.id, now())).toBe(false);
        expect(await store.find(old.id)).toEqual(old);
      });

      it('may spare one session of WorkOS, and no other revocation does, in whatever order they come', async () => {
        const whose: Subject = { kind: 'user', id: 'user_ada' };
        const begun = ago(5000);
        const isOut = (id?: string) => store.isRevoked([whose], begun, id);
        await store.revoke(whose, ago(9000));
        await store.revoke(whose, ago(3000), 'session_mine');
        expect([await isOut('session_mine'), await isOut('session_other'), await isOut()]).toEqual([
          false,
          true,
          true,
        ]);
        await store.revoke(whose, ago(2000), 'session_mine');
        expect(await isOut('session_mine')).toBe(false);
        await store.revoke(whose, ago(4000));
        expect([await isOut('session_mine'), await isOut('session_other')]).toEqual([true, true]);
      });

      it('that spared one session is followed by one that means it', async () => {
        const whose: Subject = { kind: 'user', id: 'user_ada' };
        const isOut = (id: string) => store.isRevoked([whose], ago(5000), id);
        await store.revoke(whose, ago(3000), 'session_one');
        await store.revoke(whose, ago(2000), 'session_two');
        // The first meant it, before the second spared it.
        expect([await isOut('session_one'), await isOut('session_two')]).toEqual([true, true]);
        await store.revoke({ kind: 'user', id: 'user_bob' }, ago(2000), 'session_two');
        const bob = { kind: 'user', id: 'user_bob' } as const;
        expect(await store.isRevoked([bob], ago(5000), 'session_two')).toBe(false);
        await store.revoke(bob, ago(1000));
        expect(await store.isRevoked([bob], ago(5000), 'session_two')).toBe(true);
      });

      it('is not undone by an earlier one that comes late', async () => {
        const whose: Subject = { kind: 'user', id: 'user_ada' };
        await store.revoke(whose, ahead(1000));
        await store.revoke(whose, ago(1000));
        expect(await store.insert(session(), null, ahead(1000))).toBe(false);
      });

      it('ends more sessions than fit into one step', async () => {
        const many = Array.from({ length: 1203 }, () => session());
        for (let from = 0; from < many.length; from += 100)
          await Promise.all(many.slice(from, from + 100).map(insert));
        const all = ids(await met({ kind: 'connection', id: 'conn_acme' }));
        expect(all.toSorted()).toEqual(ids(many).toSorted());
        const kept = many[601];
        expect(await store.revoke({ kind: 'organization', id: 'org_acme' }, now(), kept?.id)).toBe(1202);
        expect(await store.listOfUser('user_ada', 10)).toEqual([kept]);
      });

      it('leaves no session alive whose sign-in raced with it', async () => {
        await race(160, async (round) => {
          const whose = SUBJECTS[round % SUBJECTS.length] ?? { kind: 'user', id: 'user' };
          const own = { ...whose, id: `${whose.id}_${round}` };
          const records = Array.from({ length: 3 }, () => belongingTo(own, session()));
          const startedAt = now();
          const inserts = records.map(async (record) => {
            await turns();
            return store.insert(record, null, startedAt);
          });
          await turns();
          const count = await store.revoke(own, startedAt);
          expect(count).toBeLessThanOrEqual(records.length);
          const inserted = await Promise.all(inserts);
          const found = await Promise.all(
            records.flatMap(({ tokenHash, id }) => [store.findByTokenHash(tokenHash), store.find(id)]),
          );
          expect({ round, inserted, found }).toEqual({ round, inserted, found: found.map(() => null) });
        });
      });

      it('ends a session whose token changes in the same moment', async () => {
        await race(160, async (round) => {
          const record = await insert(ofUser(`user_${round}`));
          const next = hash();
          const changed = turns().then(async () => store.update(record.id, 1, { tokenHash: next }));
          await turns();
          await Promise.all([store.revoke({ kind: 'user', id: record.user.id }, now()), changed]);
          expect(await store.findByTokenHash(record.tokenHash)).toBeNull();
          expect(await store.findByTokenHash(next)).toBeNull();
          expect(await store.find(record.id)).toBeNull();
        });
      });
    });

    sessionChangeConformance(stage, () => store);
  });
}

/** A few turns of the event loop, how many by chance: the parties to a race meet in another step each time. */
async function turns(): Promise<void> {
  for (let left = Math.random() * 60; left > 1; left--) await new Promise(setImmediate);
}

/** Four races at a time: with more, they would all wait for the same answers and keep in step. */
async function race(rounds: number, run: (round: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < rounds) await run(next++);
  };
  await Promise.all(Array.from({ length: 4 }, lane));
}

function belongingTo({ kind, id }: Subject, record: SessionRecord): SessionRecord {
  switch (kind) {
    case 'user':
      return { ...record, user: { ...record.user, id } };
    case 'organization':
      return { ...record, organization: { id, name: id } };
    case 'member': {
      const { organizationId, userId } = partsOfMember(id);
      return {
        ...record,
        user: { ...record.user, id: userId },
        organization: { id: organizationId, name: organizationId },
      };
    }
    case 'connection':
      return { ...record, connectionId: id };
    case 'unnamed_connection':
      return { ...record, organization: { id, name: id }, connectionId: null, method: 'sso' };
    case 'directory':
      return { ...record, directoryId: id };
    case 'workos_session':
      return { ...record, workosSessionId: id };
    case 'api_key':
      return record;
  }
}
