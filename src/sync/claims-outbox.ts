import { Injectable } from '@nestjs/common';
import { sql, type QueryExecutorProvider } from 'kysely';
import { Clock } from '../common/clock.js';
import { Database, withStore } from '../database/database.js';
import type { MirrorTransaction } from '../mirror/tombstones.js';
import { memberOf } from '../sessions/session-record.js';

/** Beside the kinds of revocations, which their own reader takes. */
const KINDS = ['claims_of_member', 'claims_of_user', 'permissions'] as const;
export type ClaimsKind = (typeof KINDS)[number];

export interface ClaimsRequest {
  readonly id: string;
  readonly kind: ClaimsKind;
  readonly subjectId: string;
}

const CHANGED = 'claims_changed';
const AGAIN = 'signed_in_meanwhile';
/** The subject of `permissions` in every organization. */
export const EVERYBODY = '';
/** Milliseconds for which a request that was carried out is remembered: longer than any sign-in may take. */
const REMEMBERED = 900_000;
/** Milliseconds by which a request may be older than the commit that makes it seen, clocks that disagree included. */
const UNSEEN = 60_000;

/**
 * What must still be carried into sessions that are there. A request is a row of the transaction that changed something, so
 * it is not lost with a process, and whoever sees the row sees the change.
 */
@Injectable()
export class ClaimsOutbox {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Asks, inside the caller's transaction, for the roles of members to be worked out again. */
  async requestMembers(
    trx: MirrorTransaction,
    organizationId: string,
    userIds: readonly string[],
  ): Promise<void> {
    const ids = userIds.map((userId) => memberOf(organizationId, userId).id);
    await this.request(trx, 'claims_of_member', ids);
  }

  /** Asks for the name and address of a person to be written again. */
  async requestUser(trx: MirrorTransaction, userId: string): Promise<void> {
    await this.request(trx, 'claims_of_user', [userId]);
  }

  /** Asks for what roles allow to be worked out again. `null`: in every organization. */
  async requestPermissions(trx: MirrorTransaction, organizationId: string | null): Promise<void> {
    await this.request(trx, 'permissions', [organizationId ?? EVERYBODY]);
  }

  /**
   * Makes one request for each organization that has anybody out of the one for all: each is carried out by itself, by
   * whichever node.
   */
  async requestEachOrganization(trx: MirrorTransaction): Promise<void> {
    await sql`
      insert into revocation_outbox (kind, subject_id, reason, requested_at)
      select 'permissions', id, ${CHANGED}, ${this.clock.now()} from organizations
      where deleted_at is null and (exists (select from memberships where organization_id = organizations.id)
        or exists (select from sessions where organization_id = organizations.id))
    `.execute(trx);
  }

  /**
   * For a session that was stored a moment ago: it may hold what was read before a change whose walk through the sessions
   * it came behind. Where anything about its person changed since `startedAt`, that is asked for once more.
   * @returns whether it was
   */
  async requestAgain(organizationId: string, userId: string, startedAt: Date): Promise<boolean> {
    const since = new Date(startedAt.getTime() - UNSEEN);
    const memberId = memberOf(organizationId, userId).id;
    return withStore(async () => {
      const { rows } = await sql`
        select from revocation_outbox
        where (kind, subject_id) in (('claims_of_user', ${userId}), ('claims_of_member', ${memberId}),
          ('permissions', ${organizationId}), ('permissions', ${EVERYBODY}))
        and requested_at >= ${since} and reason <> ${AGAIN} limit 1
      `.execute(this.database);
      if (rows.length === 0) return false;
      await this.request(this.database, 'claims_of_member', [memberId], AGAIN);
      await this.request(this.database, 'claims_of_user', [userId], AGAIN);
      return true;
    });
  }

  /** Open requests behind `after`, in their order, that no other node has. They are the caller's until `trx` ends. */
  async take(trx: MirrorTransaction, after: string, limit: number): Promise<ClaimsRequest[]> {
    const { rows } = await sql<ClaimsRequest>`
      select id, kind, subject_id as "subjectId" from revocation_outbox
      where kind = any(${[...KINDS]}::text[]) and done_at is null and id > ${after}
      order by id limit ${limit} for update skip locked
    `.execute(trx);
    return rows;
  }

  async done(trx: MirrorTransaction, requests: readonly ClaimsRequest[]): Promise<void> {
    const ids = requests.map(({ id }) => id);
    await sql`
      update revocation_outbox set done_at = ${this.clock.now()} where id = any(${ids}::bigint[])
    `.execute(trx);
  }

  /** Forgets what no sign-in can have missed any more. */
  async sweep(): Promise<void> {
    const before = new Date(this.clock.now().getTime() - REMEMBERED);
    await withStore(() =>
      sql`delete from revocation_outbox where done_at < ${before}`.execute(this.database),
    );
  }

  private async request(
    executor: QueryExecutorProvider,
    kind: ClaimsKind,
    ids: readonly string[],
    reason = CHANGED,
  ): Promise<void> {
    if (ids.length === 0) return;
    await sql`
      insert into revocation_outbox (kind, subject_id, reason, requested_at)
      select ${kind}, id, ${reason}, ${this.clock.now()} from unnest(${[...ids]}::text[]) as id
    `.execute(executor);
  }
}
