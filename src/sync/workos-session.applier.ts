import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import type { WorkosEvent } from '../identity/workos-event.js';
import { EventApplier } from '../mirror/event-applier.port.js';
import type { MirrorTransaction } from '../mirror/tombstones.js';
import { RevocationOutbox } from '../sessions/revocation-outbox.js';

/** A session that was ended at WorkOS (its dashboard, another application's sign-out) ends here too. */
@Injectable()
export class WorkosSessionApplier extends EventApplier {
  readonly events = ['session.revoked'] as const;

  constructor(
    private readonly outbox: RevocationOutbox,
    private readonly clock: Clock,
  ) {
    super();
  }

  async apply(trx: MirrorTransaction, event: WorkosEvent): Promise<void> {
    if (event.event !== 'session.revoked') return;
    const subject = { kind: 'workos_session', id: event.data.id } as const;
    await this.outbox.request(trx, [subject], 'revoked_at_workos', this.clock.now());
  }
}
