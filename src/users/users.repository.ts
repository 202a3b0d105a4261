import { Injectable } from '@nestjs/common';
import { sql, type Kysely, type Transaction } from 'kysely';
import { Database } from '../database/database.js';
import type { ExternalIdentity } from '../identity/identity-provider.port.js';
import type { User } from '../identity/principal.js';
import type { MirrorTransaction } from '../mirror/tombstones.js';
import { takeAccountTurn } from './account-turn.js';
import type { KnownAccount } from './plan-provisioning.js';
import type { UserTables } from './user-tables.js';

export type UsersTransaction = Transaction<UserTables>;

@Injectable()
export class UsersRepository {
  constructor(private readonly database: Database) {}

  /** One account is provisioned at a time: two first sign-ins at once make one user. */
  async exclusively<Result>(
    account: ExternalIdentity['account'],
    work: (trx: UsersTransaction, plain: MirrorTransaction) => Promise<Result>,
  ): Promise<Result> {
    return this.database.transaction().execute(async (plain) => {
      await takeAccountTurn(plain, account);
      return work(plain.withTables<UserTables>(), plain);
    });
  }

  async find(id: string): Promise<{ user: User; deleted: boolean } | null> {
    const { user, deleted } = await this.user(this.database.withTables<UserTables>(), id);
    return user && { user, deleted };
  }

  async known(trx: UsersTransaction, account: ExternalIdentity['account']): Promise<KnownAccount> {
    if (account.kind === 'user') {
      const found = await this.user(trx, account.userId);
      return { ...found, profileId: null, profileTakenBy: null };
    }
    const rows = await trx
      .selectFrom('user_identities')
      .selectAll()
      .where((eb) =>
        eb.or([
          eb('profile_id', '=', account.profileId),
          eb.and([eb('connection_id', '=', account.connectionId), eb('idp_id', '=', account.idpId)]),
        ]),
      )
      .execute();
    const own = rows.find(
      (row) => row.connection_id === account.connectionId && row.idp_id === account.idpId,
    );
    const other = rows.find((row) => row !== own);
    const found = own ? await this.user(trx, own.user_id) : NOBODY;
    return {
      ...found,
      profileId: own?.profile_id ?? null,
      profileTakenBy: other?.user_id ?? null,
    };
  }

  async create(trx: UsersTransaction, id: string, identity: ExternalIdentity, now: Date): Promise<void> {
    await trx
      .insertInto('users')
      .values({ id, ...columns(identity), created_at: now, updated_at: now })
      .execute();
    await this.link(trx, id, identity);
  }

  async update(trx: UsersTransaction, id: string, identity: ExternalIdentity, now: Date): Promise<void> {
    await trx
      .updateTable('users')
      .set({ ...columns(identity), updated_at: now })
      .where('id', '=', id)
      .execute();
  }

  async link(
    trx: UsersTransaction,
    userId: string,
    { account, organizationId }: ExternalIdentity,
  ): Promise<void> {
    if (account.kind === 'user') return;
    await trx
      .insertInto('user_identities')
      .values({
        connection_id: account.connectionId,
        idp_id: account.idpId,
        profile_id: account.profileId,
        organization_id: organizationId,
        user_id: userId,
      })
      .onConflict((conflict) =>
        conflict.columns(['connection_id', 'idp_id']).doUpdateSet({ profile_id: account.profileId }),
      )
      .execute();
  }

  /** Whether somebody is a member and has come in before. */
  async hasJoined(organizationId: string, userId: string, trx?: UsersTransaction): Promise<boolean> {
    const row = await (trx ?? this.database.withTables<UserTables>())
      .selectFrom('memberships')
      .select('id')
      .where('organization_id', '=', organizationId)
      .where('user_id', '=', userId)
      .where('joined', '=', true)
      .where('status', '<>', 'inactive')
      .executeTakeFirst();
    return row !== undefined;
  }

  async membershipId(organizationId: string, userId: string): Promise<string | null> {
    const row = await this.database
      .withTables<UserTables>()
      .selectFrom('memberships')
      .select('id')
      .where('organization_id', '=', organizationId)
      .where((eb) => eb.or([eb('user_id', '=', userId), eb('same_as', '=', userId)]))
      .where('id', 'is not', null)
      .where('status', '=', 'active')
      .executeTakeFirst();
    return row?.id ?? null;
  }

  /** The account that somebody with this one signs in to an organization by, where it is another one. */
  async otherAccount(organizationId: string, userId: string): Promise<User | null> {
    const db = this.database.withTables<UserTables>();
    const row = await db
      .selectFrom('memberships')
      .select('same_as')
      .where('organization_id', '=', organizationId)
      .where('user_id', '=', userId)
      .executeTakeFirst();
    return row?.same_as ? (await this.user(db, row.same_as)).user : null;
  }

  /** Makes a member. Where WorkOS's events told of the membership, they alone say what its roles are. */
  async join(
    trx: UsersTransaction,
    userId: string,
    organizationId: string,
    roles: readonly string[],
    now: Date,
  ): Promise<void> {
    await trx
      .insertInto('memberships')
      .values({
        user_id: userId,
        organization_id: organizationId,
        roles: [...roles],
        updated_at: now,
        joined: true,
      })
      .onConflict((conflict) =>
        conflict
          .columns(['organization_id', 'user_id'])
          .doUpdateSet({
            joined: true,
            without_directory_since: null,
            roles: sql`case memberships.version when '' then excluded.roles else memberships.roles end`,
            updated_at: sql`case memberships.version when '' then excluded.updated_at else memberships.updated_at end`,
          })
          .where((eb) =>
            eb.or([
              eb('memberships.version', '=', ''),
              eb('memberships.joined', '=', false),
              eb('memberships.without_directory_since', 'is not', null),
            ]),
          ),
      )
      .execute();
  }

  private async user(trx: Kysely<UserTables>, id: string): Promise<Pick<KnownAccount, 'user' | 'deleted'>> {
    const row = await trx.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst();
    if (!row) return NOBODY;
    const { email, first_name: firstName, last_name: lastName, profile_picture_url: profilePictureUrl } = row;
    return { user: { id, email, firstName, lastName, profilePictureUrl }, deleted: row.deleted_at !== null };
  }
}

const NOBODY = { user: null, deleted: false } as const;

function columns({ email, firstName, lastName, profilePictureUrl }: ExternalIdentity) {
  return { email, first_name: firstName, last_name: lastName, profile_picture_url: profilePictureUrl };
}
