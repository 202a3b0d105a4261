import { Injectable } from '@nestjs/common';
import { sql, type Selectable } from 'kysely';
import { Database } from '../database/database.js';
import type { Impersonator } from '../identity/principal.js';

export interface SessionTable {
  id: string;
  token_hash: Buffer;
  user_id: string;
  organization_id: string | null;
  connection_id: string | null;
  connection_type: string | null;
  method: string;
  roles: string[];
  permissions: string[];
  authenticated_at: Date;
  last_seen_at: Date;
  expires_at: Date;
  idle_timeout: number;
  ip: string | null;
  user_agent: string | null;
  impersonator: Impersonator | null;
  workos_session_id: string | null;
  profile_id: string | null;
  access_token_expires_at: Date | null;
  refresh_token: string | null;
}

type Tables = {
  sessions: SessionTable;
  users: {
    id: string;
    email: string;
    first_name: string | null;
    last_name: string | null;
    profile_picture_url: string | null;
  };
  organizations: { id: string; name: string };
};

export type SessionRow = Selectable<SessionTable>;

export interface SessionWithPeople extends SessionRow {
  email: string;
  first_name: string | null;
  last_name: string | null;
  profile_picture_url: string | null;
  organization_name: string | null;
}

@Injectable()
export class SessionsRepository {
  private readonly db;

  constructor(database: Database) {
    this.db = database.withTables<Tables>();
  }

  /** Stores a session and takes away the one whose place it takes, both or neither. */
  async insert(session: SessionTable, replacedId: string | null): Promise<void> {
    await this.db.transaction().execute(async (trx) => {
      await trx.insertInto('sessions').values(session).execute();
      if (replacedId !== null) await trx.deleteFrom('sessions').where('id', '=', replacedId).execute();
    });
  }

  async findByTokenHash(tokenHash: Buffer): Promise<SessionWithPeople | null> {
    const row = await this.db
      .selectFrom('sessions')
      .innerJoin('users', 'users.id', 'sessions.user_id')
      .leftJoin('organizations', 'organizations.id', 'sessions.organization_id')
      .selectAll('sessions')
      .select(['users.email', 'users.first_name', 'users.last_name', 'users.profile_picture_url'])
      .select('organizations.name as organization_name')
      .where('token_hash', '=', tokenHash)
      .executeTakeFirst();
    return row ?? null;
  }

  /** Newest first, those after `cursor` alone. Expired ones are left out. */
  async listOfUser(
    userId: string,
    now: Date,
    limit: number,
    cursor: string | undefined,
  ): Promise<SessionRow[]> {
    let query = this.db
      .selectFrom('sessions')
      .selectAll()
      .where('user_id', '=', userId)
      .where('expires_at', '>', now)
      .where(sql<boolean>`last_seen_at + idle_timeout * interval '1 second' > ${now}`)
      .orderBy('id', 'desc')
      .limit(limit);
    if (cursor !== undefined) query = query.where('id', '<', cursor);
    return query.execute();
  }

  async touch(id: string, at: Date): Promise<void> {
    await this.db
      .updateTable('sessions')
      .set({ last_seen_at: at })
      .where('id', '=', id)
      .where('last_seen_at', '<', at)
      .execute();
  }

  async delete(id: string): Promise<SessionRow | null> {
    return (
      (await this.db.deleteFrom('sessions').where('id', '=', id).returningAll().executeTakeFirst()) ?? null
    );
  }

  async deleteOfUser(id: string, userId: string): Promise<SessionRow | null> {
    const deleted = this.db.deleteFrom('sessions').where('id', '=', id).where('user_id', '=', userId);
    return (await deleted.returningAll().executeTakeFirst()) ?? null;
  }

  async deleteOthersOfUser(userId: string, keepId: string): Promise<number> {
    const { numDeletedRows } = await this.db
      .deleteFrom('sessions')
      .where('user_id', '=', userId)
      .where('id', '!=', keepId)
      .executeTakeFirstOrThrow();
    return Number(numDeletedRows);
  }

  /** At most `limit` at a time, so that no lock is held for long. */
  async deleteExpired(now: Date, limit: number): Promise<number> {
    const { numDeletedRows } = await this.db
      .deleteFrom('sessions')
      .where('id', 'in', (eb) =>
        eb.selectFrom('sessions').select('id').where('expires_at', '<=', now).limit(limit),
      )
      .executeTakeFirstOrThrow();
    return Number(numDeletedRows);
  }
}
