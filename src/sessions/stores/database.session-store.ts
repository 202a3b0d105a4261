import { sql, type Kysely } from 'kysely';
import type { Clock } from '../../common/clock.js';
import { withStore, type Database } from '../../database/database.js';
import { subjectsOf, writeTokens, type SessionRecord, type Subject } from '../session-record.js';
import { MARK_LIFETIME, SessionStore, type SessionChange } from '../session-store.port.js';
import { ownedBy, toRecord, toRow, type SessionData, type SessionTables } from './session.rows.js';

/** Rows a step: enough to be quick, few enough that no lock is held for long. */
const BATCH = 500;

/**
 * Sessions in PostgreSQL. `insert` and the marking step of `revoke` exclude each other by advisory locks on the subjects
 * (shared and exclusive): a sign-in either commits before the mark, and is found by the deletion, or sees the mark.
 */
export class DatabaseSessionStore extends SessionStore {
  private readonly db: Kysely<SessionTables>;

  constructor(
    database: Database,
    private readonly clock: Clock,
  ) {
    super();
    this.db = database.withTables<SessionTables>();
  }

  insert(record: SessionRecord, replacedId: string | null, startedAt: Date): Promise<boolean> {
    const subjects = subjectsOf(record);
    return withStore(() =>
      this.db.transaction().execute(async (trx) => {
        const keys = subjects.map(lockKey).toSorted();
        await sql`select pg_advisory_xact_lock_shared(hashtextextended(key, 0)) from unnest(${keys}::text[]) as key`.execute(
          trx,
        );
        if (await isMarked(trx, subjects, startedAt)) return false;
        await trx.insertInto('sessions').values(toRow(record)).execute();
        if (replacedId !== null) await trx.deleteFrom('sessions').where('id', '=', replacedId).execute();
        return true;
      }),
    );
  }

  findByTokenHash(tokenHash: string): Promise<SessionRecord | null> {
    return this.findWhere('token_hash', tokenHash);
  }

  find(id: string): Promise<SessionRecord | null> {
    return this.findWhere('id', id);
  }

  listOfUser(userId: string, limit: number, cursor?: string): Promise<SessionRecord[]> {
    const own = this.live().where('user_id', '=', userId);
    const page = cursor === undefined ? own : own.where('id', '<', cursor);
    return withStore(async () => (await page.orderBy('id', 'desc').limit(limit).execute()).map(toRecord));
  }

  async *walk(subject: Subject): AsyncIterable<readonly SessionRecord[]> {
    const own = this.live()
      .where((eb) => ownedBy(subject, eb))
      .orderBy('id')
      .limit(BATCH);
    let last: string | undefined = '';
    while (last !== undefined) {
      const after: string = last;
      const rows = await withStore(() => own.where('id', '>', after).execute());
      if (rows.length > 0) yield rows.map(toRecord);
      last = rows.length < BATCH ? undefined : rows.at(-1)?.id;
    }
  }

  async touch(seen: ReadonlyMap<string, Date>): Promise<void> {
    const [ids, times] = [[...seen.keys()], [...seen.values()]];
    await withStore(() =>
      sql`
        update sessions set last_seen_at = seen.at
        from unnest(${ids}::text[], ${times}::timestamptz[]) as seen (id, at)
        where sessions.id = seen.id and sessions.last_seen_at < seen.at
      `.execute(this.db),
    );
  }

  delete(id: string): Promise<SessionRecord | null> {
    return withStore(async () => {
      const row = await this.db.deleteFrom('sessions').where('id', '=', id).returningAll().executeTakeFirst();
      return row && row.expires_at > this.clock.now() ? toRecord(row) : null;
    });
  }

  revoke(subject: Subject, at: Date, exceptId?: string): Promise<number> {
    return withStore(async () => {
      await this.mark(subject, at, exceptId ?? null);
      let total = 0;
      for (;;) {
        const deleted = await this.deleteBatch(subject, exceptId);
        total += deleted;
        if (deleted < BATCH) return total;
      }
    });
  }

  isRevoked(subjects: readonly Subject[], since: Date, sessionId?: string): Promise<boolean> {
    return withStore(() => isMarked(this.db, subjects, since, sessionId));
  }

  claim(id: string, version: number, until: Date): Promise<boolean> {
    const now = this.clock.now();
    return withStore(async () => {
      const { numUpdatedRows } = await this.db
        .updateTable('sessions')
        .set({ claimed_until: until })
        .where('id', '=', id)
        .where('version', '=', version)
        .where('expires_at', '>', now)
        .where((eb) => eb.or([eb('claimed_until', 'is', null), eb('claimed_until', '<=', now)]))
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    });
  }

  update(id: string, version: number, change: SessionChange): Promise<SessionRecord | null> {
    const { tokenHash, expiresAt, idleTimeout, directoryId, tokens, ...others } = change;
    const data: Partial<SessionData> = {
      ...others,
      ...(tokens === undefined ? {} : { tokens: writeTokens(tokens) }),
    };
    return withStore(async () => {
      const row = await this.db
        .updateTable('sessions')
        .set((eb) => ({
          version: eb('version', '+', 1),
          claimed_until: null,
          data: sql<SessionData>`data || ${JSON.stringify(data)}::jsonb`,
          ...(tokenHash === undefined ? {} : { token_hash: tokenHash }),
          ...(expiresAt === undefined ? {} : { expires_at: expiresAt }),
          ...(idleTimeout === undefined ? {} : { idle_timeout: idleTimeout }),
          ...(directoryId === undefined ? {} : { directory_id: directoryId }),
          ...(others.user === undefined ? {} : { user_id: others.user.id }),
          ...(others.organization === undefined ? {} : { organization_id: others.organization?.id ?? null }),
        }))
        .where('id', '=', id)
        .where('version', '=', version)
        .where('expires_at', '>', this.clock.now())
        .returningAll()
        .executeTakeFirst();
      return row ? toRecord(row) : null;
    });
  }

  async release(id: string, version: number): Promise<void> {
    const claimed = this.db
      .updateTable('sessions')
      .set({ claimed_until: null })
      .where('id', '=', id)
      .where('version', '=', version);
    await withStore(() => claimed.execute());
  }

  removeExpired(limit: number): Promise<number> {
    const now = this.clock.now();
    return withStore(async () => {
      const { numDeletedRows } = await this.db
        .deleteFrom('sessions')
        .where('id', 'in', (eb) =>
          eb
            .selectFrom('sessions')
            .select('id')
            .where('expires_at', '<=', now)
            .limit(limit)
            .forUpdate()
            .skipLocked(),
        )
        .executeTakeFirstOrThrow();
      await this.db
        .deleteFrom('session_revocations')
        .where('revoked_at', '<', new Date(now.getTime() - MARK_LIFETIME))
        .execute();
      return Number(numDeletedRows);
    });
  }

  private live() {
    return this.db.selectFrom('sessions').selectAll().where('expires_at', '>', this.clock.now());
  }

  private findWhere(column: 'id' | 'token_hash', value: string): Promise<SessionRecord | null> {
    return withStore(async () => {
      const row = await this.live().where(column, '=', value).executeTakeFirst();
      return row ? toRecord(row) : null;
    });
  }

  private async mark(subject: Subject, at: Date, spared: string | null): Promise<void> {
    await this.db.transaction().execute(async (trx) => {
      await sql`select pg_advisory_xact_lock(hashtextextended(${lockKey(subject)}, 0))`.execute(trx);
      await trx
        .insertInto('session_revocations')
        .values({ kind: subject.kind, subject_id: subject.id, revoked_at: at, spared, hit_at: null })
        .onConflict((conflict) =>
          conflict.columns(['kind', 'subject_id']).doUpdateSet({
            revoked_at: sql`greatest(session_revocations.revoked_at, excluded.revoked_at)`,
            spared: sql`case when ${isLater} then excluded.spared else session_revocations.spared end`,
            hit_at: sql`case when excluded.spared = session_revocations.spared then session_revocations.hit_at
              when ${isLater} then session_revocations.revoked_at
              else greatest(session_revocations.hit_at, excluded.revoked_at) end`,
          }),
        )
        .execute();
    });
  }

  private async deleteBatch(subject: Subject, exceptId: string | undefined): Promise<number> {
    const { numDeletedRows } = await this.db
      .deleteFrom('sessions')
      .where('id', 'in', (eb) => {
        const own = eb
          .selectFrom('sessions')
          .select('id')
          .where((own) => ownedBy(subject, own));
        return (exceptId === undefined ? own : own.where('id', '!=', exceptId)).limit(BATCH);
      })
      .executeTakeFirstOrThrow();
    return Number(numDeletedRows);
  }
}

/** Of two marks of one subject. */
const isLater = sql<boolean>`excluded.revoked_at >= session_revocations.revoked_at`;

async function isMarked(
  db: Kysely<SessionTables>,
  subjects: readonly Subject[],
  since: Date,
  sessionId: string | null = null,
): Promise<boolean> {
  const mark = await db
    .selectFrom('session_revocations')
    .select('revoked_at')
    .where((eb) => eb.or(subjects.map(({ kind, id }) => eb.and({ kind, subject_id: id }))))
    .where('revoked_at', '>=', since)
    .where(sql<boolean>`(spared is distinct from ${sessionId} or spared is null or hit_at >= ${since})`)
    .limit(1)
    .executeTakeFirst();
  return mark !== undefined;
}

function lockKey({ kind, id }: Subject): string {
  return `session revocation ${kind} ${id}`;
}
