import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../database/database.js';
import type { User } from '../identity/principal.js';
import type { WorkosEventData } from '../identity/workos-event.js';
import { bury, isBuried, type MirrorTransaction } from '../mirror/tombstones.js';
import { takeTurn, takeTurnBelow } from '../mirror/turns.js';
import { takeAccountTurn } from './account-turn.js';
import { isNew, type UserTables } from './user-tables.js';

export type UserAccount = WorkosEventData<'user.updated'>;
export type MembershipAccount = WorkosEventData<'organization_membership.updated'>;

/** What an account did to the copy. */
export type Saved = 'made' | 'changed' | 'nothing';

/** Carries over what WorkOS tells of people and their memberships. An older account changes nothing. */
@Injectable()
export class UserMirrorRepository {
  constructor(private readonly database: Database) {}

  async find(userId: string): Promise<Omit<User, 'id'> | null> {
    const row = await this.database
      .withTables<UserTables>()
      .selectFrom('users')
      .select(['email', 'first_name', 'last_name', 'profile_picture_url'])
      .where('id', '=', userId)
      .where('deleted_at', 'is', null)
      .executeTakeFirst();
    if (!row) return null;
    const { email, first_name: firstName, last_name: lastName, profile_picture_url: profilePictureUrl } = row;
    return { email, firstName, lastName, profilePictureUrl };
  }

  async saveUser(trx: MirrorTransaction, user: UserAccount, version: string): Promise<Saved> {
    await takeAccountTurn(trx, { kind: 'user', userId: user.id });
    if (await isBuried(trx, [user.id])) return 'nothing';
    return savedBy(await this.upsert(trx, user, version, null));
  }

  /**
   * The record stays, marked, so that a sign-in under way does not make it anew; memberships go.
   * @returns whoever lost one with it: the same person by another account
   */
  async deleteUser(
    trx: MirrorTransaction,
    user: UserAccount,
    version: string,
    at: Date,
  ): Promise<{ organizationId: string; userId: string }[]> {
    await takeAccountTurn(trx, { kind: 'user', userId: user.id });
    await takeTurn(trx, [user.id]);
    if (!(await bury(trx, user.id, at))) return [];
    await this.upsert(trx, user, version, at);
    const { rows } = await sql<{ organizationId: string; userId: string }>`
      with gone as (delete from memberships where user_id = ${user.id} returning organization_id, same_as),
      along as (
        delete from memberships as main using gone
        where main.organization_id = gone.organization_id and main.user_id = gone.same_as and main.id is null)
      select organization_id as "organizationId", same_as as "userId" from gone where same_as is not null
    `.execute(trx);
    return rows;
  }

  async organizationsOf(trx: MirrorTransaction, userId: string): Promise<string[]> {
    const db = trx.withTables<UserTables>();
    const rows = await db
      .selectFrom('memberships')
      .select('organization_id')
      .where('user_id', '=', userId)
      .orderBy('organization_id')
      .execute();
    return rows.map((row) => row.organization_id);
  }

  async saveMembership(
    trx: MirrorTransaction,
    membership: MembershipAccount,
    version: string,
  ): Promise<Saved> {
    const { id, user_id: userId, organization_id: organizationId, status } = membership;
    await takeTurnBelow(trx, [userId, organizationId]);
    if (await isBuried(trx, [id, userId, organizationId])) return 'nothing';
    const values = { id, status, roles: rolesOf(membership), updated_at: membership.updated_at, version };
    const row = await trx
      .withTables<UserTables>()
      .insertInto('memberships')
      .values({ organization_id: organizationId, user_id: userId, ...values })
      .onConflict((conflict) =>
        conflict
          .columns(['organization_id', 'user_id'])
          .doUpdateSet({
            ...values,
            // Whoever was removed and is a member again has yet to come in.
            joined: sql`memberships.joined and coalesce(memberships.id = excluded.id, true)`,
          })
          .where('memberships.version', '<', version),
      )
      .returning(isNew)
      .executeTakeFirst();
    return savedBy(row);
  }

  /** @returns the accounts of the person who is no member any more; none where they are one by a later membership */
  async deleteMembership(trx: MirrorTransaction, membership: MembershipAccount, at: Date): Promise<string[]> {
    const { id, user_id: userId, organization_id: organizationId } = membership;
    await bury(trx, id, at);
    const db = trx.withTables<UserTables>();
    const gone = await db
      .deleteFrom('memberships')
      .where('organization_id', '=', organizationId)
      .where('user_id', '=', userId)
      .where((eb) => eb.or([eb('id', '=', id), eb('id', 'is', null)]))
      .returning('same_as')
      .executeTakeFirst();
    const later = await db
      .selectFrom('memberships')
      .select('id')
      .where('organization_id', '=', organizationId)
      .where('user_id', '=', userId)
      .executeTakeFirst();
    if (later) return [];
    if (!gone?.same_as) return [userId];
    // By a sign-in alone: what WorkOS has just said is newer.
    await db
      .deleteFrom('memberships')
      .where('organization_id', '=', organizationId)
      .where('user_id', '=', gone.same_as)
      .where('id', 'is', null)
      .execute();
    return [userId, gone.same_as];
  }

  /** All that people had of an organization which is no more. The caller has its turn. */
  async deleteMembershipsOf(trx: MirrorTransaction, organizationId: string): Promise<void> {
    const db = trx.withTables<UserTables>();
    await db.deleteFrom('memberships').where('organization_id', '=', organizationId).execute();
  }

  private upsert(trx: MirrorTransaction, user: UserAccount, version: string, deletedAt: Date | null) {
    const values = {
      email: user.email,
      first_name: user.first_name ?? null,
      last_name: user.last_name ?? null,
      profile_picture_url: user.profile_picture_url ?? null,
      updated_at: user.updated_at,
      version,
      deleted_at: deletedAt,
    };
    return trx
      .withTables<UserTables>()
      .insertInto('users')
      .values({ id: user.id, created_at: user.created_at, ...values })
      .onConflict((conflict) => {
        const update = conflict.column('id').doUpdateSet(values);
        return deletedAt === null ? update.where('users.version', '<', version) : update;
      })
      .returning(isNew)
      .executeTakeFirst();
  }
}

function savedBy(row: { readonly is_new: boolean } | undefined): Saved {
  if (!row) return 'nothing';
  return row.is_new ? 'made' : 'changed';
}

function rolesOf({ role, roles }: MembershipAccount): string[] {
  const named = roles ?? (role ? [role] : []);
  return [...new Set(named.map(({ slug }) => slug))].toSorted();
}
