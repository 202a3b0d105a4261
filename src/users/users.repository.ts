import { Injectable } from '@nestjs/common';
import type { Transaction } from 'kysely';
import { Database } from '../database/database.js';
import type { ExternalIdentity } from '../identity/identity-provider.port.js';
import type { User } from '../identity/principal.js';
import type { KnownAccount } from './plan-provisioning.js';

interface UserTable {
  id: string;
  email: string;
  first_name: string | null;
  last_name: string | null;
  profile_picture_url: string | null;
  created_at: Date;
  updated_at: Date;
}

type Tables = {
  users: UserTable;
  user_identities: {
    connection_id: string;
    idp_id: string;
    profile_id: string;
    organization_id: string | null;
    user_id: string;
  };
  memberships: { organization_id: string; user_id: string; roles: string[]; updated_at: Date };
};

export type UsersTransaction = Transaction<Tables>;

@Injectable()
export class UsersRepository {
  private readonly db;

  constructor(database: Database) {
    this.db = database.withTables<Tables>();
  }

  /** One account is provisioned at a time, on all nodes: two first sign-ins at once make one user. */
  async exclusively<Result>(
    account: ExternalIdentity['account'],
    work: (trx: UsersTransaction) => Promise<Result>,
  ): Promise<Result> {
    const key = account.kind === 'user' ? account.userId : `${account.connectionId}\n${account.idpId}`;
    return this.db.transaction().execute(async (trx) => {
      await trx
        .selectNoFrom((eb) =>
          eb.fn('pg_advisory_xact_lock', [eb.fn('hashtextextended', [eb.val(key), eb.lit(0)])]).as('lock'),
        )
        .execute();
      return work(trx);
    });
  }

  async known(trx: UsersTransaction, account: ExternalIdentity['account']): Promise<KnownAccount> {
    if (account.kind === 'user')
      return { user: await this.user(trx, account.userId), profileId: null, profileTakenBy: null };
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
    return {
      user: own ? await this.user(trx, own.user_id) : null,
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

  async join(
    trx: UsersTransaction,
    userId: string,
    organizationId: string,
    roles: readonly string[],
    now: Date,
  ): Promise<void> {
    await trx
      .insertInto('memberships')
      .values({ user_id: userId, organization_id: organizationId, roles: [...roles], updated_at: now })
      .onConflict((conflict) =>
        conflict.columns(['organization_id', 'user_id']).doUpdateSet({ roles: [...roles], updated_at: now }),
      )
      .execute();
  }

  private async user(trx: UsersTransaction, id: string): Promise<User | null> {
    const row = await trx.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst();
    if (!row) return null;
    const { email, first_name: firstName, last_name: lastName, profile_picture_url: profilePictureUrl } = row;
    return { id, email, firstName, lastName, profilePictureUrl };
  }
}

function columns({ email, firstName, lastName, profilePictureUrl }: ExternalIdentity) {
  return { email, first_name: firstName, last_name: lastName, profile_picture_url: profilePictureUrl };
}
