import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import type { MirrorTransaction } from '../mirror/tombstones.js';
import { readPolicy, type OrganizationPolicy, type PolicyChange } from './organization-policy.js';

type Tables = {
  organization_policies: { organization_id: string; policy: string; updated_at: Date };
};

/** The policies that organizations set for themselves: ours alone, WorkOS knows nothing of them. */
@Injectable()
export class OrganizationPoliciesRepository {
  private readonly db;

  constructor(database: Database) {
    this.db = database.withTables<Tables>();
  }

  async find(organizationId: string): Promise<OrganizationPolicy> {
    const row = await this.db
      .selectFrom('organization_policies')
      .select('policy')
      .where('organization_id', '=', organizationId)
      .executeTakeFirst();
    return readPolicy(row?.policy);
  }

  /** Changes what is named, in the caller's transaction. @returns the policy before and after */
  async change(
    trx: MirrorTransaction,
    organizationId: string,
    change: PolicyChange,
    at: Date,
  ): Promise<{ before: OrganizationPolicy; after: OrganizationPolicy }> {
    const db = trx.withTables<Tables>();
    await db
      .insertInto('organization_policies')
      .values({ organization_id: organizationId, policy: '{}', updated_at: at })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    const row = await db
      .selectFrom('organization_policies')
      .select('policy')
      .where('organization_id', '=', organizationId)
      .forUpdate()
      .executeTakeFirstOrThrow();
    const before = readPolicy(row.policy);
    const after = { ...before, ...change };
    await db
      .updateTable('organization_policies')
      .set({ policy: JSON.stringify(after), updated_at: at })
      .where('organization_id', '=', organizationId)
      .execute();
    return { before, after };
  }
}
