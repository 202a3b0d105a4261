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
import { OrganizationsService } from '../organizations/organizations.service.js';
import { SessionGrants } from '../sessions/session-grants.service.js';

/** Milliseconds between two looks, and requests a look. */
const EVERY = 1000;
const AT_MOST = 50;
/** Beside the kinds of revocations, which their own reader takes. */
const KIND = 'permissions';
const EVERYBODY = '';

/**
 * Carries changed roles over into the sessions that have them. The request is a row of the transaction that changed the
 * role, so it is not lost with a process; every node looks for such rows once a second.
 */
@Injectable()
export class PermissionFollower implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Sync');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | null = null;

  constructor(
    private readonly database: Database,
    private readonly organizations: OrganizationsService,
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

  /** Asks, inside the caller's transaction, for what roles allow to be worked out again. `null`: in every organization. */
  async request(trx: MirrorTransaction, organizationId: string | null): Promise<void> {
    await sql`
      insert into revocation_outbox (kind, subject_id, reason, requested_at)
      values (${KIND}, ${organizationId ?? EVERYBODY}, 'role_changed', ${this.clock.now()})
    `.execute(trx);
  }

  /** Carries out what was asked for up to now. Never throws: what could not be done is tried again within a second. */
  follow(): Promise<void> {
    this.running ??= this.followAll();
    return this.running;
  }

  private async followAll(): Promise<void> {
    try {
      await withStore(() =>
        this.database.transaction().execute(async (trx) => {
          const { rows } = await sql<{ id: string; subject_id: string }>`
            select id, subject_id from revocation_outbox where kind = ${KIND}
            order by id limit ${AT_MOST} for update skip locked
          `.execute(trx);
          if (rows.length === 0) return;
          const subjects = new Set(rows.map((row) => row.subject_id));
          for (const id of subjects.has(EVERYBODY) ? await this.organizations.ids() : subjects)
            await this.followIn(id);
          await sql`delete from revocation_outbox where id = any(${rows.map(({ id }) => id)}::bigint[])`.execute(
            trx,
          );
        }),
      );
    } catch (error) {
      this.logger.warn({ err: error }, 'sessions do not follow their roles yet; they will within seconds');
    } finally {
      this.running = null;
    }
  }

  private async followIn(organizationId: string): Promise<void> {
    const allowed = await this.organizations.permissionsByRole(organizationId);
    await this.grants.update({ kind: 'organization', id: organizationId }, ({ roles }) => ({
      permissions: allowed(roles),
    }));
  }
}
