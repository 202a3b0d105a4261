import { Controller, Headers, HttpCode, Post, Req, VERSION_NEUTRAL } from '@nestjs/common';
import type { Counter } from '@opentelemetry/api';
import type { Request } from 'express';
import { Public, Webhook } from '../auth/index.js';
import { AuditLog } from '../audit/audit-log.service.js';
import { Does } from '../common/answer.decorators.js';
import { codeOf, ProblemError } from '../common/problem-error.js';
import { requestOrigin } from '../common/request-origin.js';
import { EventInbox, EventVerifier } from '../events/index.js';
import { Meter } from '../metrics/meter.js';

const SIGNED = {
  problems: ['invalid_signature', 'stale_timestamp', 'webhooks_not_configured', 'store_unavailable'],
} as const;

/** Where WorkOS tells of changes. Its signature is the credential: no session, no cookie, no cross-site question. */
@Public()
@Webhook()
@Controller({ path: 'webhooks/workos', version: VERSION_NEUTRAL })
export class WorkosWebhookController {
  private readonly received: Counter;

  constructor(
    private readonly verifier: EventVerifier,
    private readonly inbox: EventInbox,
    private readonly audit: AuditLog,
    meter: Meter,
  ) {
    this.received = meter.createCounter('gatehouse.webhooks.received', {
      unit: '{webhook}',
      description: 'Webhooks by outcome: accepted, repeated, or the code of the problem.',
    });
  }

  /** 204 once the event is stored for good, also where it was already: WorkOS need not come again. */
  @Does('Takes an event of WorkOS', SIGNED)
  @Post()
  @HttpCode(204)
  async receive(
    @Req() request: Request<unknown, unknown, unknown>,
    @Headers('workos-signature') signature: string | undefined,
  ): Promise<void> {
    try {
      const added = await this.take(request.body, signature);
      this.received.add(1, { outcome: added === 0 ? 'repeated' : 'accepted' });
    } catch (error) {
      this.received.add(1, { outcome: codeOf(error) });
      if (error instanceof ProblemError && error.status < 500)
        await this.audit.recordStranger(
          { action: 'webhook.refused', reason: error.code },
          requestOrigin(request as Request),
        );
      throw error;
    }
  }

  private async take(body: unknown, signature: string | undefined): Promise<number> {
    if (!Buffer.isBuffer(body)) throw new ProblemError('invalid_signature');
    return this.inbox.receive([this.verifier.verify(body, signature)], 'webhook');
  }
}
