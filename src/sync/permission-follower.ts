import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Clock } from '../common/clock.js';
import type { MirrorTransaction } from '../mirror/tombstones.js';

/** Beside the kinds of revocations, which their own reader takes. */
const KIND = 'permissions';
const EVERYBODY = '';

/** Carries changed roles over into the sessions that have them. */
@Injectable()
export class PermissionFollower {
  constructor(private readonly clock: Clock) {}

  /** Asks, inside the caller's transaction, for what roles allow to be worked out again. `null`: in every organization. */
  async request(trx: MirrorTransaction, organizationId: string | null): Promise<void> {
    await sql`
      insert into revocation_outbox (kind, subject_id, reason, requested_at)
      values (${KIND}, ${organizationId ?? EVERYBODY}, 'role_changed', ${this.clock.now()})
    `.execute(trx);
  }
}
