import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { ProblemError } from '../common/problem-error.js';
import { Config } from '../config/config.js';
import { readEnvelope } from '../identity/event-envelope.js';
import { EventVerifier } from '../identity/event-verifier.port.js';
import type { RawWorkosEvent } from '../identity/workos-event.js';
import { judgeSignature } from './webhook-signature.js';

@Injectable()
export class WorkosEventVerifier extends EventVerifier {
  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
  ) {
    super();
  }

  verify(body: Uint8Array, signature: string | undefined): RawWorkosEvent {
    const { webhookSecrets } = this.config.workos;
    // WorkOS comes again for three days: where the secret is set within that time, nothing was lost.
    if (webhookSecrets.length === 0) throw new ProblemError('webhooks_not_configured', { retryAfter: 60 });
    const verdict = judgeSignature(body, signature, webhookSecrets, this.clock.now());
    if (verdict !== 'genuine') throw new ProblemError(verdict);
    const event = readEnvelope(parse(body));
    if (!event) throw new ProblemError('invalid_request');
    return event;
  }
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch (cause) {
    throw new ProblemError('invalid_request', { cause });
  }
}
