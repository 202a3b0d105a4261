import { Injectable } from '@nestjs/common';
import type { Selectable } from 'kysely';
import { Database, withStore } from '../../database/database.js';
import type { MirrorTransaction } from '../../mirror/tombstones.js';

type Passes = {
  break_glass_passes: {
    id: string;
    code_hash: string;
    organization_id: string;
    email: string;
    user_id: string | null;
    reason: string;
    issued_at: Date;
    expires_at: Date;
    used_at: Date | null;
  };
};

export interface BreakGlassPass {
  readonly id: string;
  readonly organizationId: string;
  readonly email: string;
  /** `null` in a pass of an earlier version: whoever alone has the address. */
  readonly userId: string | null;
  readonly reason: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

@Injectable()
export class BreakGlassPassesRepository {
  private readonly db;

  constructor(database: Database) {
    this.db = database.withTables<Passes>();
  }

  async insert(pass: BreakGlassPass, codeHash: string, trx: MirrorTransaction): Promise<void> {
    const { id, organizationId, email, userId, reason, issuedAt, expiresAt } = pass;
    await trx
      .withTables<Passes>()
      .insertInto('break_glass_passes')
      .values({
        id,
        code_hash: codeHash,
        organization_id: organizationId,
        email,
        user_id: userId,
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
    return row ? passOf(row) : null;
  }

  /** For whoever has spent it and let nobody in by it. */
  async giveBack(id: string): Promise<void> {
    await withStore(() =>
      this.db.updateTable('break_glass_passes').set({ used_at: null }).where('id', '=', id).execute(),
    );
  }

  /** The pass with this code, good or not. */
  async find(codeHash: string): Promise<(BreakGlassPass & { readonly usedAt: Date | null }) | null> {
    const row = await withStore(() =>
      this.db
        .selectFrom('break_glass_passes')
        .selectAll()
        .where('code_hash', '=', codeHash)
        .executeTakeFirst(),
    );
    return row ? { ...passOf(row), usedAt: row.used_at } : null;
  }
}

function passOf(row: Selectable<Passes['break_glass_passes']>): BreakGlassPass {
  return {
    id: row.id,
    organizationId: row.organization_id,
    email: row.email,
    userId: row.user_id,
    reason: row.reason,
    issuedAt: row.issued_at,
    expiresAt: row.expires_at,
  };
}
