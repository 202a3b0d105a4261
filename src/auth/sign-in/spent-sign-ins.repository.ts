import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { Database, withStore } from '../../database/database.js';
import { SIGN_IN_LIFETIME } from './pending-sign-in.js';

/** Which sign-ins were finished: each `state` is good once, on all nodes together. */
@Injectable()
export class SpentSignInsRepository {
  private readonly db;

  constructor(database: Database) {
    this.db = database.withTables<{ spent_sign_ins: { state_hash: Buffer; expires_at: Date } }>();
  }

  /** True for the first caller, false for every other, however many come at once. */
  async spend(state: string, now: Date): Promise<boolean> {
    const expiresAt = new Date(now.getTime() + SIGN_IN_LIFETIME);
    return withStore(async () => {
      const inserted = await this.db
        .insertInto('spent_sign_ins')
        .values({ state_hash: hash(state), expires_at: expiresAt })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      await this.forget(now);
      return Number(inserted.numInsertedOrUpdatedRows ?? 0) === 1;
    });
  }

  async isSpent(state: string): Promise<boolean> {
    const query = this.db
      .selectFrom('spent_sign_ins')
      .select('expires_at')
      .where('state_hash', '=', hash(state));
    return (await withStore(() => query.executeTakeFirst())) !== undefined;
  }

  /** A state past its life is refused for its age: its record is not needed any more. */
  private async forget(now: Date): Promise<void> {
    await this.db
      .deleteFrom('spent_sign_ins')
      .where('state_hash', 'in', (eb) =>
        eb.selectFrom('spent_sign_ins').select('state_hash').where('expires_at', '<', now).limit(20),
      )
      .execute();
  }
}

function hash(state: string): Buffer {
  return createHash('sha256').update(state).digest();
}
