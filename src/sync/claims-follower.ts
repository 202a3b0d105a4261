import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import { sql } from 'kysely';
import { endsWithin } from '../common/deadline.js';
import { Database, withStore } from '../database/database.js';
import type { MirrorTransaction } from '../mirror/tombstones.js';
import { OrganizationsService } from '../organizations/organizations.service.js';
import { SessionClaims } from '../sessions/session-claims.js';
import { SessionGrants } from '../sessions/session-grants.service.js';
import { memberOf, partsOfMember } from '../sessions/session-record.js';
import { SessionRevoker } from '../sessions/session-revoker.service.js';
import { UserMirrorRepository } from '../users/user-mirror.repository.js';
import { ClaimsOutbox, EVERYBODY, type ClaimsKind, type ClaimsRequest } from './claims-outbox.js';
import { MemberRoles } from './member-roles.service.js';

/** Milliseconds between two looks, and requests a transaction: what is done is kept, whatever becomes of the rest. */
const EVERY = 1000;
const AT_MOST = 10;
/** Milliseconds that the end of the process waits: what is left then is another node's, or the next process's. */
const PATIENCE = 10_000;

type Step = (subjectId: string, trx: MirrorTransaction) => Promise<void>;

/**
 * Carries what changed about people into the sessions that they have: their roles in an organization, what those roles
 * allow, their name and address. What a session gets is what is true when the request is carried out, at least once, by
 * one node at a time.
 */
@Injectable()
export class ClaimsFollower implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Sync');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | null = null;
  private stopping = false;
  private readonly steps: Readonly<Record<ClaimsKind, Step>> = {
    claims_of_member: (id) => this.followMember(id),
    claims_of_user: (id) => this.followUser(id),
    permissions: (id, trx) =>
      id === EVERYBODY ? this.outbox.requestEachOrganization(trx) : this.followRoles(id),
  };

  constructor(
    private readonly database: Database,
    private readonly outbox: ClaimsOutbox,
    private readonly roles: MemberRoles,
    private readonly users: UserMirrorRepository,
    private readonly organizations: OrganizationsService,
    private readonly grants: SessionGrants,
    private readonly claims: SessionClaims,
    private readonly revoker: SessionRevoker,
  ) {}

  /** A sign-in that read what was true before, and came behind the walk, follows like the others. */
  onModuleInit(): void {
    this.claims.recheckWith(async ({ organization, user }, startedAt) => {
      if (organization && (await this.outbox.requestAgain(organization.id, user.id, startedAt)))
        void this.follow();
    });
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.follow(), EVERY);
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    this.stopping = true;
    if (this.running) await endsWithin(PATIENCE, this.running);
  }

  /** Carries out what was asked for up to now. Never throws: what could not be done is tried again within a second. */
  follow(): Promise<void> {
    this.running ??= this.followAll().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private async followAll(): Promise<void> {
    try {
      let last: string | null = '0';
      while (last !== null && !this.stopping) last = await this.followSome(last);
      await this.outbox.sweep();
    } catch (error) {
      this.logger.warn({ err: error }, 'sessions do not follow yet; they will within seconds');
    }
  }

  /** @returns the last request that it saw, `null` where there are no more */
  private followSome(after: string): Promise<string | null> {
    return withStore(() =>
      this.database.transaction().execute(async (trx) => {
        // A machine that vanishes says no good-bye: the server must not keep its rows from the other nodes for long.
        await sql`set local idle_in_transaction_session_timeout = '60s'`.execute(trx);
        const requests = await this.outbox.take(trx, after, AT_MOST);
        const subjects = Map.groupBy(requests, ({ kind, subjectId }) => `${kind} ${subjectId}`);
        for (const same of subjects.values())
          if (await this.carryOut(trx, same)) await this.outbox.done(trx, same);
        const areMore =
          requests.length === AT_MOST || requests.some(({ subjectId }) => subjectId === EVERYBODY);
        return areMore ? (requests.at(-1)?.id ?? null) : null;
      }),
    );
  }

  /** @returns whether it was done; one that fails holds up no other */
  private async carryOut(trx: MirrorTransaction, [first]: readonly ClaimsRequest[]): Promise<boolean> {
    if (!first) return false;
    const { kind, subjectId } = first;
    try {
      await this.steps[kind](subjectId, trx);
      return true;
    } catch (error) {
      this.logger.warn(
        { err: error, kind, subjectId },
        'sessions do not follow yet; they will within seconds',
      );
      return false;
    }
  }

  private async followMember(memberId: string): Promise<void> {
    const { organizationId, userId } = partsOfMember(memberId);
    const grants = await this.roles.currentGrantsOf(organizationId, userId);
    if (!grants) return;
    const member = memberOf(organizationId, userId);
    await this.grants.update(member, () => grants);
    // Bearer credentials are no sessions, and follow all the same.
    await this.revoker.forget(member);
  }

  private async followUser(userId: string): Promise<void> {
    const user = await this.users.find(userId);
    if (user) await this.grants.update({ kind: 'user', id: userId }, () => ({ user }));
  }

  private async followRoles(organizationId: string): Promise<void> {
    const allowed = await this.organizations.permissionsByRole(organizationId);
    await this.grants.update({ kind: 'organization', id: organizationId }, ({ roles }) => ({
      permissions: allowed(roles),
    }));
  }
}
