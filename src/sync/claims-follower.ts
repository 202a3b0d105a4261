import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { sql } from 'kysely';
import { Clock } from '../common/clock.js';
import { Database, withStore } from '../database/database.js';
import type { MirrorTransaction } from '../mirror/tombstones.js';
import { SessionGrants } from '../sessions/session-grants.service.js';
import { memberOf, partsOfMember } from '../sessions/session-record.js';
import { UserMirrorRepository } from '../users/user-mirror.repository.js';
import { MemberRoles } from './member-roles.service.js';

/** Milliseconds between two looks, and requests a look. */
const EVERY = 1000;
const AT_MOST = 50;
/** Beside the kinds of revocations, which their own reader takes. */
const MEMBER = 'claims_of_member';
const USER = 'claims_of_user';

/**
 * Carries what changed about people into the sessions that they have: their roles in an organization, their name and
 * address. The request is a row of the transaction that changed it, so it is not lost with a process; what a session
 * gets is what is true when the request is carried out.
 */
@Injectable()
export class ClaimsFollower implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Sync');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | null = null;

  constructor(
    private readonly database: Database,
    private readonly roles: MemberRoles,
    private readonly users: UserMirrorRepository,
    private readonly grants: SessionGrants,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.follow(), EVERY);
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  /** Asks, inside the caller's transaction, for the roles of members to be worked out again. */
  async requestMembers(
    trx: MirrorTransaction,
    organizationId: string,
    userIds: readonly string[],
  ): Promise<void> {
    const ids = userIds.map((userId) => memberOf(organizationId, userId).id);
    await this.request(trx, MEMBER, ids);
  }

  /** The same for everybody in an organization: its rule for roles is another one now. */
  async requestOrganization(trx: MirrorTransaction, organizationId: string): Promise<void> {
    await sql`
      insert into revocation_outbox (kind, subject_id, reason, requested_at)
      select ${MEMBER}, organization_id || ':' || user_id, 'claims_changed', ${this.clock.now()}
      from memberships where organization_id = ${organizationId}
    `.execute(trx);
  }

  async requestUser(trx: MirrorTransaction, userId: string): Promise<void> {
    await this.request(trx, USER, [userId]);
  }

  /** Carries out what was asked for up to now. Never throws: what could not be done is tried again within a second. */
  follow(): Promise<void> {
    this.running ??= this.followAll().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private async request(trx: MirrorTransaction, kind: string, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await sql`
      insert into revocation_outbox (kind, subject_id, reason, requested_at)
      select ${kind}, id, 'claims_changed', ${this.clock.now()} from unnest(${[...ids]}::text[]) as id
    `.execute(trx);
  }

  private async followAll(): Promise<void> {
    try {
      while ((await this.followSome()) === AT_MOST);
    } catch (error) {
      this.logger.warn({ err: error }, 'sessions do not follow yet; they will within seconds');
    }
  }

  /** One failure leaves its rows, and those behind it, for the next look. */
  private followSome(): Promise<number> {
    return withStore(() =>
      this.database.transaction().execute(async (trx) => {
        // A machine that vanishes says no good-bye: the server must not keep its rows from the other nodes for long.
        await sql`set local idle_in_transaction_session_timeout = '30s'`.execute(trx);
        const { rows } = await sql<{ id: string; kind: string; subject_id: string }>`
          select id, kind, subject_id from revocation_outbox where kind in (${MEMBER}, ${USER})
          order by id limit ${AT_MOST} for update skip locked
        `.execute(trx);
        if (rows.length === 0) return 0;
        const subjects = Map.groupBy(rows, (row) => `${row.kind} ${row.subject_id}`);
        for (const [first] of subjects.values()) {
          if (first?.kind === MEMBER) await this.followMember(first.subject_id);
          else if (first) await this.followUser(first.subject_id);
        }
        const ids = rows.map(({ id }) => id);
        await sql`delete from revocation_outbox where id = any(${ids}::bigint[])`.execute(trx);
        return rows.length;
      }),
    );
  }

  private async followMember(memberId: string): Promise<void> {
    const { organizationId, userId } = partsOfMember(memberId);
    const grants = await this.roles.currentGrantsOf(organizationId, userId);
    if (grants) await this.grants.update(memberOf(organizationId, userId), () => grants);
  }

  private async followUser(userId: string): Promise<void> {
    const user = await this.users.find(userId);
    if (user) await this.grants.update({ kind: 'user', id: userId }, () => ({ user }));
  }
}
