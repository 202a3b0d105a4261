import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import type { WorkosEvent } from '../identity/workos-event.js';
import { EventApplier } from '../mirror/event-applier.port.js';
import type { MirrorTransaction } from '../mirror/tombstones.js';
import { RevocationOutbox } from '../sessions/revocation-outbox.js';

/** An API key that was revoked, or may do something else now, is asked for again on every node. */
@Injectable()
export class ApiKeyApplier extends EventApplier {
  readonly events = ['api_key.updated', 'api_key.revoked'] as const;

  constructor(
    private readonly outbox: RevocationOutbox,
    private readonly clock: Clock,
  ) {
    super();
  }

  async apply(trx: MirrorTransaction, event: WorkosEvent): Promise<void> {
    if (event.event !== 'api_key.updated' && event.event !== 'api_key.revoked') return;
    const subject = { kind: 'api_key', id: event.data.id } as const;
    await this.outbox.request(trx, [subject], 'api_key_changed', this.clock.now());
  }
}
