import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database, withStore } from '../../database/database.js';
import type { Organization, User } from '../../identity/principal.js';
import type { MirrorTransaction } from '../../mirror/tombstones.js';

type Passes = {
  break_glass_passes: {
    id: string;
    code_hash: string;
    organization_id: string;
    email: string;
    reason: string;
    issued_at: Date;
    expires_at: Date;
    used_at: Date | null;
  };
};

interface BreakGlassPass {
  readonly id: string;
  readonly organizationId: string;
  readonly email: string;
  readonly reason: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

export interface Holder {
  readonly user: User;
  readonly organization: Organization;
  readonly roles: readonly string[];
}

@Injectable()
export class BreakGlassPassesRepository {
  private readonly db;

  constructor(database: Database) {
    this.db = database.withTables<Passes>();
  }

  async insert(pass: BreakGlassPass, codeHash: string, trx: MirrorTransaction): Promise<void> {
    const { id, organizationId, email, reason, issuedAt, expiresAt } = pass;
    await trx
      .withTables<Passes>()
      .insertInto('break_glass_passes')
      .values({
        id,
        code_hash: codeHash,
        organization_id: organizationId,
        email,
        reason,
        issued_at: issuedAt,
        expires_at: expiresAt,
        used_at: null,
      })
      .execute();
  }

  /** Spends a pass: for the first of many callers, and while it is good. One statement decides, on all nodes. */
  async spend(codeHash: string, now: Date): Promise<BreakGlassPass | null> {
    const row = await withStore(() =>
      this.db
        .updateTable('break_glass_passes')
        .set({ used_at: now })
        .where('code_hash', '=', codeHash)
        .where('used_at', 'is', null)
        .where('expires_at', '>', now)
        .returningAll()
        .executeTakeFirst(),
    );
    if (!row) return null;
    return {
      id: row.id,
      organizationId: row.organization_id,
      email: row.email,
      reason: row.reason,
      issuedAt: row.issued_at,
      expiresAt: row.expires_at,
    };
  }

  /** The members of an organization who have this address, each person once, whom neither WorkOS nor a directory has deactivated. */
  async holders(organizationId: string, email: string): Promise<Holder[]> {
    const { rows } = await withStore(() =>
      sql<{
        id: string;
        email: string;
        first_name: string | null;
        last_name: string | null;
        profile_picture_url: string | null;
        name: string;
        roles: string[];
      }>`
        select person.id, person.email, first_name, last_name, profile_picture_url, organization.name, member.roles
        from memberships as member
        join users as person on person.id = member.user_id and person.deleted_at is null
        join organizations as organization
          on organization.id = member.organization_id and organization.deleted_at is null
        where member.organization_id = ${organizationId} and member.status = 'active'
          and member.same_as is null and lower(person.email) = lower(${email})
          and not exists (
            select from memberships as other
            where other.organization_id = member.organization_id and other.same_as = member.user_id
              and other.status = 'inactive'
          )
          and not exists (
            select from directory_users as record
            where record.organization_id = member.organization_id and record.user_id = person.id
            having count(*) > 0 and not bool_or(record.state = 'active' and record.deleted_at is null)
          )
        order by person.id
      `.execute(this.db),
    );
    return rows.map((row) => ({
      user: {
        id: row.id,
        email: row.email,
        firstName: row.first_name,
        lastName: row.last_name,
        profilePictureUrl: row.profile_picture_url,
      },
      organization: { id: organizationId, name: row.name },
      roles: row.roles,
    }));
  }
}
