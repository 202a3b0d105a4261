import { createNoopMeter } from '@opentelemetry/api';
import { sql } from 'kysely';
import { AuditLog } from '../../audit/audit-log.service.js';
import { AuditRepository } from '../../audit/audit.repository.js';
import { SystemClock } from '../../common/clock.js';
import { SystemRandom } from '../../common/random.js';
import type { Database } from '../../database/database.js';
import { DirectoriesService } from '../../directories/directories.service.js';
import { DirectoryRecordsRepository } from '../../directories/directory-records.repository.js';
import { parseEmail } from '../../identity/email-domain.js';
import { OrganizationFactsRepository } from '../../organizations/organization-facts.repository.js';
import { OrganizationPoliciesRepository } from '../../organizations/organization-policies.repository.js';
import { guestRule } from '../../organizations/organization-policy.js';
import { RoutableDomains } from '../../organizations/routable-domains.js';
import { barOf, type MemberBar } from '../../sync/bar-of-member.js';
import { MembersRepository, type StoredMember } from '../../sync/members.repository.js';
import { codeHashOf } from './break-glass-pass.js';
import { BreakGlassPassesRepository, type BreakGlassPass } from './break-glass-passes.repository.js';

export interface WantedPass {
  readonly organization: string;
  readonly email: string;
  /** Which one, where several members have the address. */
  readonly user?: string | undefined;
  readonly reason: string;
  readonly minutes: number;
}

/** One of several members with one address. */
export interface Account {
  readonly id: string;
  /** Those that they came through; none for an account of WorkOS's own. */
  readonly connections: readonly { readonly id: string; readonly isDeleted: boolean }[];
  /** `null` where it is not known. */
  readonly signedInAt: Date | null;
}

export type IssueRefusal = 'not_a_member' | 'several_members' | MemberBar;

export type Issued =
  | {
      readonly kind: 'issued';
      readonly pass: BreakGlassPass & { readonly userId: string };
      readonly organizationName: string;
      readonly code: string;
    }
  | { readonly kind: 'refused'; readonly reason: IssueRefusal; readonly accounts: readonly Account[] };

/** Makes passes where nothing but the database is there: on the command line of an operator. */
export class PassIssuer {
  private readonly clock = new SystemClock();
  private readonly random = new SystemRandom();
  private readonly audit;
  private readonly passes;
  private readonly members;
  private readonly policies;
  private readonly directories;
  private readonly facts = new OrganizationFactsRepository(new RoutableDomains());

  constructor(private readonly database: Database) {
    this.audit = new AuditLog(new AuditRepository(database), this.clock, this.random, createNoopMeter());
    this.passes = new BreakGlassPassesRepository(database);
    // How people sign in says only who is usable, which is not asked here.
    this.members = new MembersRepository(database, { signIn: 'sso' });
    this.policies = new OrganizationPoliciesRepository(database);
    this.directories = new DirectoriesService(database, new DirectoryRecordsRepository());
  }

  async issue(wanted: WantedPass): Promise<Issued> {
    const organizationName = await this.nameOf(wanted.organization);
    const candidates = organizationName === null ? [] : await this.candidates(wanted);
    const able = candidates.filter(({ bar }) => bar === null);
    const [holder, ...others] = able.map(({ member }) => member);
    if (organizationName === null || !holder)
      return this.refuse(wanted, candidates[0]?.bar ?? 'not_a_member', candidates[0]?.member);
    if (others.length > 0) return this.refuse(wanted, 'several_members', undefined, [holder, ...others]);
    return { kind: 'issued', organizationName, ...(await this.insert(wanted, holder)) };
  }

  /** Who may be meant, and what keeps them out, as far as the database says: what `GUESTS` says is asked at the way in. */
  private async candidates({ organization, email, user }: WantedPass) {
    const named = await this.members.findByEmail(organization, email);
    const found = named.filter(
      ({ id, status }) => status !== 'invited' && (user === undefined || id === user),
    );
    const meant = await this.livingOf(organization, found);
    const verified = await this.facts.verifiedDomains(this.database, organization);
    const out = await this.directories.deactivated(organization, meant, verified);
    const policy = await this.policies.find(organization);
    return meant.map((member) => {
      const isGuest = !verified.has(parseEmail(member.email)?.domain ?? '');
      const isUnwelcome = isGuest && guestRule(policy, null, 'allow') === 'deny';
      const status = out.has(member.id) ? 'deactivated' : member.status;
      return { member, bar: barOf({ ...member, status }, isUnwelcome, policy.requiredGroups) };
    });
  }

  /**
   * A company that has changed its connection knows its people by two profiles each; those of the connection that is gone
   * are meant only where nobody has another.
   */
  private async livingOf(
    organizationId: string,
    members: readonly StoredMember[],
  ): Promise<readonly StoredMember[]> {
    if (members.length < 2) return members;
    const accounts = await this.accounts(organizationId, members);
    const stale = accounts.filter(
      ({ connections }) => connections.length > 0 && connections.every(({ isDeleted }) => isDeleted),
    );
    const living = members.filter(({ id }) => !stale.some((account) => account.id === id));
    return living.length > 0 ? living : members;
  }

  private async accounts(organizationId: string, members: readonly StoredMember[]): Promise<Account[]> {
    // A membership that no event told of changes with each sign-in.
    const { rows } = await sql<Account>`
      select member.user_id as id, case member.version when '' then member.updated_at end as "signedInAt",
        coalesce((
          select jsonb_agg(jsonb_build_object('id', identity.connection_id, 'isDeleted', connection.id is null))
          from user_identities as identity left join connections as connection on connection.id = identity.connection_id
          where identity.user_id = member.user_id and identity.organization_id = member.organization_id
        ), '[]'::jsonb) as connections
      from memberships as member
      where member.organization_id = ${organizationId} and member.user_id = any(${members.map(({ id }) => id)}::text[])
      order by member.user_id
    `.execute(this.database);
    return rows;
  }

  private async nameOf(organizationId: string): Promise<string | null> {
    const { rows } = await sql<{ name: string }>`
      select name from organizations where id = ${organizationId} and deleted_at is null
    `.execute(this.database);
    return rows[0]?.name ?? null;
  }

  private async refuse(
    { organization }: WantedPass,
    reason: IssueRefusal,
    member: StoredMember | undefined,
    several: readonly StoredMember[] = [],
  ): Promise<Issued> {
    const about = { organizationId: organization, userId: member?.id ?? null };
    await this.audit.record({ action: 'break_glass.refused', reason, ...about }, null);
    const accounts = several.length > 0 ? await this.accounts(organization, several) : [];
    return { kind: 'refused', reason, accounts };
  }

  private async insert(
    { organization: organizationId, reason, minutes }: WantedPass,
    { id: userId, email }: StoredMember,
  ) {
    const issuedAt = this.clock.now();
    const expiresAt = new Date(issuedAt.getTime() + minutes * 60_000);
    const code = this.random.secret();
    const pass = {
      id: this.random.id('pass', issuedAt),
      organizationId,
      userId,
      email,
      reason,
      issuedAt,
      expiresAt,
    };
    await this.database.transaction().execute(async (trx) => {
      await this.passes.insert(pass, codeHashOf(code), trx);
      // No pass without its record.
      await this.audit.recordIn(trx, {
        action: 'break_glass.issued',
        reason: 'operator',
        userId,
        organizationId,
        details: { pass: pass.id, why: reason, minutes },
      });
    });
    return { pass, code };
  }
}
