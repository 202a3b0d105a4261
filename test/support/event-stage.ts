import { Test, type TestingModule } from '@nestjs/testing';
import { Logger } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Abstract, Type } from '@nestjs/common';
import { SystemRandom } from '../../src/common/random.js';
import { ConfigModule } from '../../src/config/config.module.js';
import { Database } from '../../src/database/database.js';
import { migrate } from '../../src/database/migrate.js';
import type { ExternalIdentity } from '../../src/identity/identity-provider.port.js';
import { readEvent, type RawWorkosEvent, type WorkosEventName } from '../../src/identity/workos-event.js';
import { EVENT_APPLIERS, type EventApplier } from '../../src/mirror/event-applier.port.js';
import { takeTurn } from '../../src/mirror/turns.js';
import { OrganizationPoliciesRepository } from '../../src/organizations/organization-policies.repository.js';
import type { PolicyChange } from '../../src/organizations/organization-policy.js';
import { PrometheusModule } from '../../src/prometheus/prometheus.module.js';
import { DirectoryAdmission, type Entry } from '../../src/sync/directory-admission.service.js';
import { SyncModule } from '../../src/sync/sync.module.js';
import { UsersService } from '../../src/users/users.service.js';
import { createDatabase, type TestDatabase } from './postgres.js';
import type { SignInMode } from './site.js';
import { until } from './until.js';

const random = new SystemRandom();

/** The appliers over a database of their own: events are told to them one by one, sessions that must end are read from the outbox. */
export class EventStage {
  private constructor(
    private readonly module: TestingModule,
    private readonly server: TestDatabase,
    readonly database: Database,
  ) {}

  static async open(signIn: SignInMode = 'authkit'): Promise<EventStage> {
    Logger.overrideLogger(false);
    const server = await createDatabase();
    const env = {
      WORKOS_API_KEY: `sk_test_${randomBytes(16).toString('hex')}`,
      WORKOS_CLIENT_ID: 'client_01HGATEH0VSESTAGE000000001',
      // Nobody answers there: what is tested here asks WorkOS nothing.
      WORKOS_API_URL: 'http://127.0.0.1:9',
      SIGN_IN: signIn,
      SESSION_KEYS: randomBytes(32).toString('base64'),
      DATABASE_URL: server.url,
      LOG_LEVEL: 'silent',
    };
    const imports = [ConfigModule.forRoot(env), PrometheusModule, SyncModule];
    // Not initialised: no timer carries out what a test wants to see in the outbox.
    const module = await Test.createTestingModule({ imports }).compile();
    const database = module.get(Database, { strict: false });
    await migrate(database);
    return new EventStage(module, server, database);
  }

  async close(): Promise<void> {
    await this.module.close();
    await this.server.drop();
  }

  get url(): string {
    return this.server.url;
  }

  get<Part>(part: Type<Part> | Abstract<Part>): Part {
    return this.module.get(part, { strict: false });
  }

  /** Empties every copy. */
  async clear(): Promise<void> {
    // Not `truncate`, which takes a tenth of a second where there is nothing to do.
    const tables =
      'memberships user_identities users tombstones directories directory_users directory_groups directory_group_members ' +
      'organizations organization_domains organization_policies roles connections connection_certificates revocation_outbox sessions audit_events leases';
    const deletions = tables.split(' ').map((table) => `delete from ${table}`);
    await sql.raw(deletions.join('; ')).execute(this.database);
  }

  /** The organization owns a domain, as far as WorkOS is concerned. */
  async verifyDomain(organizationId: string, domain: string): Promise<void> {
    await sql`insert into organization_domains (id, organization_id, domain, state, version)
      values (${`${organizationId} ${domain}`}, ${organizationId}, ${domain}, 'verified', '')`.execute(
      this.database,
    );
  }

  async setPolicy(organizationId: string, change: PolicyChange): Promise<void> {
    const policies = this.get(OrganizationPoliciesRepository);
    const now = new Date();
    await this.database.transaction().execute((trx) => policies.change(trx, organizationId, change, now));
  }

  /** What a callback does once WorkOS has vouched for somebody. */
  async signIn(
    identity: ExternalIdentity,
    organizationId: string,
  ): Promise<{ readonly userId: string } & Entry> {
    const origin = { ip: null, userAgent: null, requestId: 'stage' };
    const { user, settled } = await this.get(UsersService).provision(identity, origin, (trx, userId) =>
      this.get(DirectoryAdmission).admit(trx, organizationId, userId),
    );
    return { userId: user.id, ...settled };
  }

  /** Tells of one event that happened at `at`, as the processor does: every applier of its name, in one transaction. */
  async tell(
    name: WorkosEventName,
    data: object,
    at = new Date(),
    beforeCommit?: () => Promise<void>,
  ): Promise<void> {
    const id = random.id('event', at);
    const copy = JSON.parse(JSON.stringify(data)) as RawWorkosEvent['data'];
    await this.applyRaw({ id, event: name, createdAt: at, data: copy }, beforeCommit);
  }

  async applyRaw(raw: RawWorkosEvent, beforeCommit?: () => Promise<void>): Promise<void> {
    const event = readEvent(raw);
    if (!event) throw new Error(`${raw.event} is not known`);
    const appliers = this.module.get<readonly EventApplier[]>(EVENT_APPLIERS, { strict: false });
    await this.database.transaction().execute(async (trx) => {
      for (const applier of appliers)
        if (applier.events.includes(event.event)) await applier.apply(trx, event);
      await beforeCommit?.();
    });
  }

  /** Until so many stand before locks that other transactions hold. */
  async lockAwaited(many = 1): Promise<void> {
    const waiting = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
    await until('somebody waits for a lock', async () => (await this.rows(waiting)).length >= many);
  }

  /** Does something while another transaction has its turn at this. */
  async holding(name: string, work: () => Promise<void>): Promise<void> {
    await this.database.transaction().execute(async (trx) => {
      await takeTurn(trx, [name]);
      await work();
    });
  }

  /** Whose sessions must end, and why; each is told once. */
  async ended(): Promise<string[]> {
    const { rows } = await sql<{ kind: string; subject_id: string; reason: string }>`
      with gone as (delete from revocation_outbox where kind <> 'latecomers' returning *) select * from gone where done_at is null order by id`.execute(
      this.database,
    );
    return rows
      .filter(({ kind }) => !kind.startsWith('claims_'))
      .map(({ kind, subject_id: id, reason }) => `${kind} ${id}: ${reason}`);
  }

  async rows<Row>(statement: string): Promise<Row[]> {
    return (await sql<Row>`${sql.raw(statement)}`.execute(this.database)).rows;
  }
}
